# Functions that make the programs of tests/, bench/ and examples/; folders with needs of their own call these from a
# CMakeLists.txt, the others get by with their file names (tests.cmake).

# bloop_add_program(NAME SOURCES … [AREAS …] [LIBRARIES …])
# Links the objects of AREAS (all of the library's and the server, when none is named) and of what these use.
function(bloop_add_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;AREAS;LIBRARIES")
  if(NOT arg_AREAS)
    bloop_library_areas(arg_AREAS)
    if(TARGET bloop_server)
      list(APPEND arg_AREAS server)
    endif()
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE bloop_test_flags ${arg_LIBRARIES} ${CMAKE_DL_LIBS})
  bloop_link_areas(${name} "${arg_AREAS}")
endfunction()

# bloop_add_test(NAME SOURCES … [AREAS …] [LIBRARIES …] [LABELS …] [TIMEOUT seconds])
# A program as above, with cmocka and the helpers of tests/support/, that ctest runs.
function(bloop_add_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "SOURCES;AREAS;LIBRARIES;LABELS")
  # Only for what hangs: many times what a test takes on a machine that does a lot of other things.
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 600)
  endif()
  if(BLOOP_INSTRUMENTED)
    math(EXPR arg_TIMEOUT "${arg_TIMEOUT} * 4")
  endif()
  bloop_add_program(${name} SOURCES ${arg_SOURCES} AREAS ${arg_AREAS} LIBRARIES ${arg_LIBRARIES} bloop_test_support)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES
    LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT} ENVIRONMENT "${BLOOP_TEST_ENVIRONMENT}")
endfunction()

# An example is a client: public headers, the static library. One with a file examples/<name>.expected is a test too: run
# in an empty folder, it prints just that.
function(bloop_add_examples)
  bloop_add_clients(${PROJECT_SOURCE_DIR}/examples "")
  if(NOT BLOOP_BUILD_TESTS)
    return()
  endif()
  file(GLOB expectations CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/examples/*.expected)
  foreach(expected IN LISTS expectations)
    cmake_path(GET expected STEM name)
    if(NOT TARGET examples_${name})
      continue()
    endif()
    add_test(NAME examples_${name} COMMAND ${CMAKE_COMMAND}
      -DPROGRAM=$<TARGET_FILE:examples_${name}> -DEXPECTED=${expected}
      -DFOLDER=${PROJECT_BINARY_DIR}/examples/${name}.run -P ${PROJECT_SOURCE_DIR}/cmake/run_example.cmake)
    set_tests_properties(examples_${name} PROPERTIES LABELS examples TIMEOUT 600)
  endforeach()
endfunction()

# A benchmark measures what is shipped, so it links the static library too; and LMDB, which is the other side.
function(bloop_add_benchmarks)
  bloop_add_clients(${PROJECT_SOURCE_DIR}/bench bench_)
endfunction()

function(bloop_add_clients folder prefix)
  if(NOT IS_DIRECTORY ${folder} OR NOT TARGET bloop_static)
    return()
  endif()
  cmake_path(GET folder FILENAME name)
  if(EXISTS ${folder}/CMakeLists.txt)
    add_subdirectory(${folder} ${PROJECT_BINARY_DIR}/${name})
    return()
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.c)
  foreach(source IN LISTS sources)
    bloop_add_client(${source} "${prefix}" ${PROJECT_BINARY_DIR}/${name})
  endforeach()
endfunction()

# examples/demo.c: target examples_demo, program examples/demo. bench/load.c or bench/bench_load.c: bench_load.
# An example with a server in it links the library that has one, and is left out where client or server is.
function(bloop_add_client source prefix output_dir)
  set(library bloop_static)
  file(STRINGS ${source} serves REGEX "^#include <bloop/sys/server\\.h>")
  if(serves)
    set(library bloop_server_static)
    if(NOT TARGET bloop_server OR NOT TARGET bloop_remote)
      return()
    endif()
  endif()
  cmake_path(GET source STEM stem)
  cmake_path(GET source PARENT_PATH folder)
  cmake_path(GET folder FILENAME folder)
  if(prefix)
    string(REGEX REPLACE "^${prefix}" "" stem ${stem})
    set(target ${prefix}${stem})
  else()
    set(target ${folder}_${stem})
  endif()
  add_executable(${target} ${source})
  target_link_libraries(${target} PRIVATE bloop_flags ${library})
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME ${prefix}${stem} RUNTIME_OUTPUT_DIRECTORY ${output_dir})
endfunction()

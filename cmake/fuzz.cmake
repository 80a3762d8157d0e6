# libFuzzer programs: tests/fuzz/fuzz_<thing>.c becomes fuzz_<thing>, with the sanitizers of the build, linked to the area
# that <thing> begins with and what that uses, else to all. Every other .c file of the folder is linked to each.
# tools/fuzz runs them over tests/fuzz/corpus/<thing>/.

file(GLOB helpers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/fuzz/*.c)
file(GLOB fuzzers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/fuzz/fuzz_*.c)
if(fuzzers)
  list(REMOVE_ITEM helpers ${fuzzers})
endif()
foreach(fuzzer IN LISTS fuzzers)
  cmake_path(GET fuzzer STEM name)
  string(REGEX REPLACE "^fuzz_([a-z0-9]+).*" "\\1" area ${name})
  if(TARGET bloop_${area})
    get_property(more GLOBAL PROPERTY BLOOP_AREA_${area}_TESTS_USE)
    bloop_add_program(${name} SOURCES ${fuzzer} ${helpers} AREAS ${area} ${more})
  else()
    bloop_add_program(${name} SOURCES ${fuzzer} ${helpers})
  endif()
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz)
endforeach()

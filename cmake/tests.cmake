# Finds the tests by their place and name, so that none is forgotten:
#
#   tests/unit/<area>/test_<thing>.c   executable and test unit_<area>_<thing>, linked to that area and what it uses
#   tests/<suite>/test_<thing>.c       executable and test <suite>_<thing>, linked to every area
#
# Every other .c file of such a folder is linked to each of its tests, tests/support/ to all. A test_served.c needs client and
# server, and is left out of builds that lack one. A folder with a CMakeLists.txt says for itself.

find_package(PkgConfig REQUIRED)
pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)

file(GLOB support CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/support/*.c)
add_library(bloop_test_support STATIC ${support})
target_link_libraries(bloop_test_support PRIVATE bloop_test_flags PUBLIC PkgConfig::CMOCKA Threads::Threads)

# Sanitizers stop at the first finding and show where; suppressions are for LMDB alone (tests/suppressions/).
set(bloop_suppressions ${PROJECT_SOURCE_DIR}/tests/suppressions)
set(BLOOP_TEST_ENVIRONMENT
  "ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1"
  "UBSAN_OPTIONS=print_stacktrace=1")
if(EXISTS ${bloop_suppressions}/lsan.supp)
  list(APPEND BLOOP_TEST_ENVIRONMENT "LSAN_OPTIONS=suppressions=${bloop_suppressions}/lsan.supp")
endif()
if(EXISTS ${bloop_suppressions}/tsan.supp)
  list(APPEND BLOOP_TEST_ENVIRONMENT "TSAN_OPTIONS=second_deadlock_stack=1:suppressions=${bloop_suppressions}/tsan.supp")
endif()

# A test of the command line runs the program that this names.
if(TARGET bloop)
  list(APPEND BLOOP_TEST_ENVIRONMENT "BLOOP_PROGRAM=$<TARGET_FILE:bloop>")
endif()
# The contract and behaviour suites go over http: as well where both ends are built.
set(BLOOP_TEST_SERVED OFF)
if(TARGET bloop_server AND TARGET bloop_remote)
  set(BLOOP_TEST_SERVED ON)
  list(APPEND BLOOP_TEST_ENVIRONMENT "BLOOP_BEHAVIOUR_SERVED=1")
endif()
# A test may ask what the build has.
target_compile_definitions(bloop_test_flags INTERFACE
  $<$<TARGET_EXISTS:bloop_remote>:BLOOP_HAS_REMOTE> $<$<TARGET_EXISTS:bloop_server>:BLOOP_HAS_SERVER>)

function(bloop_add_unit_tests)
  get_property(areas GLOBAL PROPERTY BLOOP_AREAS)
  foreach(area IN LISTS areas)
    set(folder ${PROJECT_SOURCE_DIR}/tests/unit/${area})
    get_property(more GLOBAL PROPERTY BLOOP_AREA_${area}_TESTS_USE)
    if(TARGET bloop_${area} OR EXISTS ${folder}/CMakeLists.txt)
      bloop_add_test_folder(${folder} PREFIX unit_${area} AREAS ${area} ${more} LABELS unit ${area})
    endif()
  endforeach()
endfunction()

# bloop_add_test_folder(FOLDER PREFIX … [AREAS …] [LABELS …] [TIMEOUT …])
function(bloop_add_test_folder folder)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "PREFIX;TIMEOUT" "AREAS;LABELS")
  if(EXISTS ${folder}/CMakeLists.txt)
    add_subdirectory(${folder})
    return()
  endif()
  file(GLOB helpers CONFIGURE_DEPENDS ${folder}/*.c)
  file(GLOB tests CONFIGURE_DEPENDS ${folder}/test_*.c)
  if(NOT tests)
    return()
  endif()
  list(REMOVE_ITEM helpers ${tests})
  if(NOT BLOOP_TEST_SERVED)
    list(REMOVE_ITEM tests ${folder}/test_served.c)
  endif()
  foreach(test IN LISTS tests)
    cmake_path(GET test STEM stem)
    string(REGEX REPLACE "^test_" "${arg_PREFIX}_" name ${stem})
    bloop_add_test(${name} SOURCES ${test} ${helpers}
      AREAS ${arg_AREAS} LABELS ${arg_LABELS} TIMEOUT ${arg_TIMEOUT})
  endforeach()
endfunction()

bloop_add_unit_tests()
if(TARGET bloop)
  bloop_add_test_folder(${PROJECT_SOURCE_DIR}/tests/unit/cli PREFIX unit_cli LABELS unit cli)
endif()

# Every other folder of tests/ is a suite of that name, or has a CMakeLists.txt that says what it is.
file(GLOB suites RELATIVE ${PROJECT_SOURCE_DIR}/tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/*)
list(REMOVE_ITEM suites unit support fuzz)
if(NOT TARGET bloop_server)
  list(REMOVE_ITEM suites server hostile)
endif()
foreach(suite IN LISTS suites)
  if(TARGET bloop_static AND IS_DIRECTORY ${PROJECT_SOURCE_DIR}/tests/${suite})
    bloop_add_test_folder(${PROJECT_SOURCE_DIR}/tests/${suite} PREFIX ${suite} LABELS ${suite} TIMEOUT 1200)
  endif()
endforeach()

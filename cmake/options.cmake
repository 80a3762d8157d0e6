# What a build can choose. Presets (CMakePresets.json) set these; see CONTRIBUTING.md.

string(COMPARE EQUAL "${CMAKE_SOURCE_DIR}" "${PROJECT_SOURCE_DIR}" BLOOP_IS_TOP_LEVEL)

option(BLOOP_BUILD_TESTS "Build the tests (needs cmocka)" ${BLOOP_IS_TOP_LEVEL})
option(BLOOP_BUILD_EXAMPLES "Build the examples" ${BLOOP_IS_TOP_LEVEL})
option(BLOOP_BUILD_BENCH "Build the benchmarks" OFF)
option(BLOOP_SERVER "Build the server (needs libmicrohttpd)" ON)
option(BLOOP_REMOTE "Build the client of DynamoDB endpoints (needs libcurl)" ON)
option(BLOOP_FUZZ "Build the fuzzers (needs clang)" OFF)
option(BLOOP_COVERAGE "Instrument for coverage" OFF)
option(BLOOP_WERROR "Treat warnings as errors" OFF)
set(BLOOP_SANITIZE "" CACHE STRING "Sanitizers: \"\", \"address;undefined\" or \"thread\"")

if(BLOOP_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Type of build" FORCE)
endif()

if(BLOOP_FUZZ AND NOT CMAKE_C_COMPILER_ID MATCHES "Clang")
  message(FATAL_ERROR "BLOOP_FUZZ needs clang (libFuzzer); configure with -DCMAKE_C_COMPILER=clang")
endif()
if(BLOOP_FUZZ AND NOT BLOOP_SANITIZE)
  set(BLOOP_SANITIZE "address;undefined")
endif()

# An instrumented build keeps all its symbols and skips the checks that only a shippable library can pass.
set(BLOOP_INSTRUMENTED OFF)
if(BLOOP_SANITIZE OR BLOOP_COVERAGE OR BLOOP_FUZZ)
  set(BLOOP_INSTRUMENTED ON)
endif()

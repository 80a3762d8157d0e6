# Language level, warnings and instrumentation, gathered in two interface targets:
# bloop_flags for everything that is compiled here, bloop_area_flags for the library's own code on top.

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_library(bloop_flags INTERFACE)
target_compile_definitions(bloop_flags INTERFACE _GNU_SOURCE)
target_compile_options(bloop_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
target_include_directories(bloop_flags INTERFACE ${PROJECT_SOURCE_DIR}/include)
if(BLOOP_WERROR)
  target_compile_options(bloop_flags INTERFACE -Werror)
endif()

if(BLOOP_SANITIZE)
  string(REPLACE ";" "," bloop_sanitizers "${BLOOP_SANITIZE}")
  target_compile_options(bloop_flags INTERFACE
    -fsanitize=${bloop_sanitizers} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(bloop_flags INTERFACE -fsanitize=${bloop_sanitizers})
endif()
if(BLOOP_FUZZ)
  target_compile_options(bloop_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(BLOOP_COVERAGE)
  target_compile_options(bloop_flags INTERFACE --coverage)
  target_link_options(bloop_flags INTERFACE --coverage)
endif()

# Assertions of the library are off outside Debug builds, since no call of the library may abort its caller; a test's
# own assertions are always on, since a test without them cannot fail.
add_library(bloop_area_flags INTERFACE)
target_link_libraries(bloop_area_flags INTERFACE bloop_flags)
target_include_directories(bloop_area_flags INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_compile_definitions(bloop_area_flags INTERFACE $<$<NOT:$<CONFIG:Debug>>:NDEBUG>)

add_library(bloop_test_flags INTERFACE)
target_link_libraries(bloop_test_flags INTERFACE bloop_flags)
target_include_directories(bloop_test_flags INTERFACE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
target_compile_options(bloop_test_flags INTERFACE -UNDEBUG)

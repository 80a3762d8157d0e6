# libFuzzer programs: tests/fuzz/fuzz_<thing>.c becomes fuzz_<thing>, over all areas, with the sanitizers of the build.
# tools/fuzz runs them over tests/fuzz/corpus/<thing>/. Every other .c file of the folder is linked to each.

file(GLOB helpers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/fuzz/*.c)
file(GLOB fuzzers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/fuzz/fuzz_*.c)
if(fuzzers)
  list(REMOVE_ITEM helpers ${fuzzers})
endif()
foreach(fuzzer IN LISTS fuzzers)
  cmake_path(GET fuzzer STEM name)
  bloop_add_program(${name} SOURCES ${fuzzer} ${helpers})
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz)
endforeach()

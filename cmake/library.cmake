# libbloop, shared and static, out of the areas' objects; and the command-line program.

# Every area but the command line.
function(bloop_library_areas result)
  get_property(areas GLOBAL PROPERTY BLOOP_AREAS)
  list(REMOVE_ITEM areas cli)
  bloop_area_closure(areas "${areas}")
  set(${result} "${areas}" PARENT_SCOPE)
endfunction()

function(bloop_add_libraries)
  bloop_library_areas(areas)
  if(NOT areas)
    return()
  endif()
  bloop_add_shared_library("${areas}")
  bloop_add_static_library("${areas}")
endfunction()

function(bloop_add_shared_library areas)
  add_library(bloop_shared SHARED)
  bloop_link_areas(bloop_shared "${areas}")
  set_target_properties(bloop_shared PROPERTIES
    OUTPUT_NAME bloop
    EXPORT_NAME bloop
    LINKER_LANGUAGE C
    VERSION ${PROJECT_VERSION}
    SOVERSION ${PROJECT_VERSION_MAJOR})
  target_include_directories(bloop_shared INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  if(NOT BLOOP_INSTRUMENTED)
    target_link_options(bloop_shared PRIVATE LINKER:--no-undefined LINKER:--as-needed)
  endif()
  add_library(bloop::bloop ALIAS bloop_shared)
endfunction()

function(bloop_add_static_library areas)
  set(objects ${areas})
  list(TRANSFORM objects REPLACE "(.+)" "$<TARGET_OBJECTS:bloop_\\1>")
  if(BLOOP_INSTRUMENTED)
    add_library(bloop_static STATIC ${objects})
  else()
    bloop_add_localized_object("${objects}")
    add_library(bloop_static STATIC ${PROJECT_BINARY_DIR}/libbloop.o)
  endif()
  set_target_properties(bloop_static PROPERTIES OUTPUT_NAME bloop LINKER_LANGUAGE C)
  target_include_directories(bloop_static INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(bloop_static INTERFACE
    $<BUILD_INTERFACE:bloop_lmdb> $<INSTALL_INTERFACE:bloop::lmdb> OpenSSL::Crypto Threads::Threads m)
  add_library(bloop::bloop_static ALIAS bloop_static)
endfunction()

# One object out of all, in which what is hidden is local: a program that links the archive sees bloop_… and no more.
# (It also keeps load-time constructors from being dropped with an archive member that nothing refers to.)
function(bloop_add_localized_object objects)
  set(output ${PROJECT_BINARY_DIR}/libbloop.o)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_LINKER} -r -o ${output} ${objects}
    COMMAND ${CMAKE_OBJCOPY} --localize-hidden ${output}
    DEPENDS ${objects}
    COMMAND_EXPAND_LISTS VERBATIM
    COMMENT "Linking libbloop.o and hiding its internal symbols")
  set_source_files_properties(${output} PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
endfunction()

function(bloop_add_cli)
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/cli/*.c)
  if(NOT sources OR NOT TARGET bloop_static)
    return()
  endif()
  add_executable(bloop ${sources})
  target_link_libraries(bloop PRIVATE bloop_area_flags bloop_static)
  install(TARGETS bloop RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endfunction()

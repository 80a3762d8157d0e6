# libbloop, shared and static, and libbloop-server out of the areas' objects; and the command-line program.

# Every area but the command line and the server.
function(bloop_library_areas result)
  get_property(areas GLOBAL PROPERTY BLOOP_AREAS)
  list(REMOVE_ITEM areas cli server)
  bloop_area_closure(areas "${areas}")
  set(${result} "${areas}" PARENT_SCOPE)
endfunction()

function(bloop_add_libraries)
  bloop_library_areas(areas)
  if(NOT areas)
    return()
  endif()
  bloop_add_shared_library("${areas}")
  bloop_add_static_library(bloop_static bloop "${areas}")
  if(TARGET bloop_server)
    bloop_add_server_library("${areas}")
  endif()
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

# The archive `target`, lib<output>.a, of `areas`.
function(bloop_add_static_library target output areas)
  set(objects ${areas})
  list(TRANSFORM objects REPLACE "(.+)" "$<TARGET_OBJECTS:bloop_\\1>")
  if(BLOOP_INSTRUMENTED)
    add_library(${target} STATIC ${objects})
  else()
    bloop_add_localized_object(lib${output}.o "${objects}")
    add_library(${target} STATIC ${PROJECT_BINARY_DIR}/lib${output}.o)
  endif()
  set_target_properties(${target} PROPERTIES OUTPUT_NAME ${output} LINKER_LANGUAGE C)
  target_include_directories(${target} INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(${target} INTERFACE
    $<BUILD_INTERFACE:bloop_lmdb> $<INSTALL_INTERFACE:bloop::lmdb> OpenSSL::Crypto ${BLOOP_CURL} Threads::Threads m)
  add_library(bloop::${target} ALIAS ${target})
endfunction()

# libbloop-server has the server and all that libbloop has: a program links one or the other. There is one record of the
# last error, and one table of open files, in a process; and the areas' functions that the server calls are no API.
function(bloop_add_server_library areas)
  bloop_add_static_library(bloop_server_static bloop-server "${areas};server")
  target_link_libraries(bloop_server_static INTERFACE
    $<BUILD_INTERFACE:bloop_microhttpd> $<INSTALL_INTERFACE:bloop::microhttpd>)
endfunction()

# One object out of all, in which what is hidden is local: a program that links the archive sees bloop_… and no more.
# (It also keeps load-time constructors from being dropped with an archive member that nothing refers to.)
function(bloop_add_localized_object name objects)
  set(output ${PROJECT_BINARY_DIR}/${name})
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_LINKER} -r -o ${output} ${objects}
    COMMAND ${CMAKE_OBJCOPY} --localize-hidden ${output}
    DEPENDS ${objects}
    COMMAND_EXPAND_LISTS VERBATIM
    COMMENT "Linking ${name} and hiding its internal symbols")
  set_source_files_properties(${output} PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
endfunction()

function(bloop_add_cli)
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/cli/*.c)
  if(NOT sources OR NOT TARGET bloop_static)
    return()
  endif()
  if(NOT TARGET bloop_server_static)
    list(FILTER sources EXCLUDE REGEX "cmd_serve\\.c$")
  endif()
  add_executable(bloop ${sources})
  if(TARGET bloop_server_static)
    target_compile_definitions(bloop PRIVATE BLOOP_WITH_SERVER)
    target_link_libraries(bloop PRIVATE bloop_area_flags bloop_server_static)
  else()
    target_link_libraries(bloop PRIVATE bloop_area_flags bloop_static)
  endif()
  install(TARGETS bloop RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endfunction()

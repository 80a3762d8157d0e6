# `cmake --install`: headers, the libraries, their .pc files and the CMake package.

include(CMakePackageConfigHelpers)

function(bloop_add_install_rules)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
    FILES_MATCHING PATTERN "*.h")
  if(NOT TARGET bloop_shared)
    return()
  endif()
  set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/bloop)
  # Two export sets, because only who links the archive needs LMDB and OpenSSL.
  install(TARGETS bloop_shared EXPORT bloop-shared
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(TARGETS bloop_static EXPORT bloop-static
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  if(TARGET bloop_server_static)
    install(TARGETS bloop_server_static EXPORT bloop-server
      ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
    install(EXPORT bloop-server NAMESPACE bloop:: DESTINATION ${package_dir})
  endif()
  install(EXPORT bloop-shared NAMESPACE bloop:: DESTINATION ${package_dir})
  install(EXPORT bloop-static NAMESPACE bloop:: DESTINATION ${package_dir})

  configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/bloop-config.cmake.in
    ${PROJECT_BINARY_DIR}/bloop-config.cmake INSTALL_DESTINATION ${package_dir})
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/bloop-config-version.cmake COMPATIBILITY SameMinorVersion)
  install(FILES ${PROJECT_BINARY_DIR}/bloop-config.cmake ${PROJECT_BINARY_DIR}/bloop-config-version.cmake
    DESTINATION ${package_dir})

  # A .pc file finds its prefix from where it lies, so that an installed tree can be moved.
  file(RELATIVE_PATH BLOOP_PC_PREFIX
    ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
  bloop_install_pc_file(bloop.pc)
  if(TARGET bloop_server_static)
    bloop_install_pc_file(bloop-server.pc)
  endif()
endfunction()

function(bloop_install_pc_file name)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/${name}.in ${PROJECT_BINARY_DIR}/${name} @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${name} DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()

# What the library links: threads; LMDB and libcrypto, each for the one area that may use it (areas.cmake names it).

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

# LMDB ships a pkg-config file on Debian but not everywhere.
find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
  pkg_check_modules(LMDB QUIET IMPORTED_TARGET lmdb)
endif()

add_library(bloop_lmdb INTERFACE)
if(LMDB_FOUND)
  target_link_libraries(bloop_lmdb INTERFACE PkgConfig::LMDB)
  set(BLOOP_PC_REQUIRES_PRIVATE "lmdb")
  set(BLOOP_PC_LIBS_PRIVATE "")
else()
  find_library(BLOOP_LMDB_LIBRARY lmdb)
  find_path(BLOOP_LMDB_INCLUDE_DIR lmdb.h)
  if(NOT BLOOP_LMDB_LIBRARY OR NOT BLOOP_LMDB_INCLUDE_DIR)
    message(FATAL_ERROR "LMDB is missing. On Debian: apt-get install liblmdb-dev (or tools/install-deps build)")
  endif()
  target_link_libraries(bloop_lmdb INTERFACE ${BLOOP_LMDB_LIBRARY})
  target_include_directories(bloop_lmdb SYSTEM INTERFACE ${BLOOP_LMDB_INCLUDE_DIR})
  set(BLOOP_PC_REQUIRES_PRIVATE "")
  set(BLOOP_PC_LIBS_PRIVATE "-llmdb")
endif()

# OpenSSL 3: its hashes are fetched, which earlier versions can't.
find_package(OpenSSL 3.0 COMPONENTS Crypto)
if(NOT TARGET OpenSSL::Crypto)
  message(FATAL_ERROR "OpenSSL 3 is missing. On Debian: apt-get install libssl-dev (or tools/install-deps build)")
endif()
string(APPEND BLOOP_PC_REQUIRES_PRIVATE " libcrypto")

# libcurl, from the version on that never raises SIGPIPE, TLS connections included. Its .pc file names, for static programs,
# all that libcurl itself stands on: who links our archive needs libcurl alone.
add_library(bloop_curl INTERFACE)
set(BLOOP_CURL "")
if(BLOOP_REMOTE)
  find_package(CURL 7.88)
  if(NOT TARGET CURL::libcurl)
    message(FATAL_ERROR "libcurl 7.88 is missing. On Debian: apt-get install libcurl4-openssl-dev (or tools/install-deps "
      "build). -DBLOOP_REMOTE=OFF builds without http:, https: and aws: URLs")
  endif()
  set(BLOOP_CURL CURL::libcurl)
  target_link_libraries(bloop_curl INTERFACE CURL::libcurl)
  string(APPEND BLOOP_PC_LIBS_PRIVATE " -lcurl")
endif()

# The server's alone. libbloop does not link it.
if(BLOOP_SERVER)
  pkg_check_modules(MICROHTTPD QUIET IMPORTED_TARGET libmicrohttpd>=0.9.71)
  if(NOT MICROHTTPD_FOUND)
    message(FATAL_ERROR "libmicrohttpd 0.9.71 is missing. On Debian: apt-get install libmicrohttpd-dev (or "
      "tools/install-deps build). -DBLOOP_SERVER=OFF builds without `bloop serve`")
  endif()
  add_library(bloop_microhttpd INTERFACE)
  target_link_libraries(bloop_microhttpd INTERFACE PkgConfig::MICROHTTPD)
endif()

# The areas, lowest first, and what each may use: the one table, read by the build and by tools/include-check.
#
#   USES         areas whose headers it may include (its own, src/<area>/, goes without saying)
#   HEADERS      the public headers that are its, under include/bloop/
#   THIRD_PARTY  headers of other projects that it, and no other area, may include
#   LIBRARIES    targets that it links for these
#   TESTS_USE    areas that its unit tests link besides what it uses itself
#
# include/bloop.h includes every public header and belongs to none. An area whose folder has no sources is skipped.

bloop_area(base
  HEADERS export.h error.h error_list.h datetime.h version.h sys/allocator.h)

bloop_area(value
  USES base
  HEADERS number.h value.h)

bloop_area(json
  USES base value
  HEADERS json.h)

bloop_area(expr
  USES base value
  HEADERS expr.h
  TESTS_USE json)

bloop_area(op
  USES base value expr
  HEADERS op.h sys/backend.h
  TESTS_USE json)

bloop_area(wire
  USES base value json expr op)

bloop_area(model
  USES base value expr
  HEADERS each.h type.h model.h object.h condition.h
  TESTS_USE json)

bloop_area(sigv4
  USES base
  THIRD_PARTY openssl/crypto.h openssl/err.h openssl/evp.h
  LIBRARIES OpenSSL::Crypto)

# A client of DynamoDB endpoints, which the option BLOOP_REMOTE leaves out.
bloop_area(remote
  USES base value json expr op wire sigv4
  HEADERS remote.h
  THIRD_PARTY curl/curl.h
  LIBRARIES bloop_curl
  TESTS_USE store)

bloop_area(store
  USES base value expr op
  HEADERS sys/store.h sys/check.h
  THIRD_PARTY lmdb.h
  LIBRARIES bloop_lmdb
  TESTS_USE json)

bloop_area(engine
  USES base value json expr model op
  HEADERS engine.h search.h signal.h
  TESTS_USE store open)

# Backends for users' own tests, which wrap any other.
bloop_area(inject
  USES base value expr op
  HEADERS sys/inject.h
  TESTS_USE store)

bloop_area(open
  USES base op engine store remote)

# Not in libbloop: a library of its own, which the option BLOOP_SERVER leaves out.
bloop_area(server
  USES base op wire sigv4
  HEADERS sys/server.h
  THIRD_PARTY microhttpd.h
  LIBRARIES bloop_microhttpd
  TESTS_USE store open)

# The command line is a client like any other: it may include public headers only, and links the static library.
bloop_area(cli)

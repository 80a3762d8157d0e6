/* What every public header needs: the mark of an exported symbol, C linkage under C++, and checks by the compiler. */
#ifndef BLOOP_EXPORT_H
#define BLOOP_EXPORT_H

#if defined(__GNUC__)
#    define BLOOP_API                      __attribute__((visibility("default")))
#    define BLOOP_PRINTF_(position, first) __attribute__((format(printf, position, first)))
#    define BLOOP_NODISCARD_               __attribute__((warn_unused_result))
#else
#    define BLOOP_API
#    define BLOOP_PRINTF_(position, first)
#    define BLOOP_NODISCARD_
#endif

#ifdef __cplusplus
#    define BLOOP_BEGIN_C_ extern "C" {
#    define BLOOP_END_C_   }
#else
#    define BLOOP_BEGIN_C_
#    define BLOOP_END_C_
#endif

#endif

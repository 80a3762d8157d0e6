/* The interface of area open, the composition root: a URL becomes a backend or an engine. It is the one place that knows
   all backends. All of it is public: bloop_open and bloop_backend_open of bloop/engine.h. */
#ifndef BL_OPEN_H
#define BL_OPEN_H

#include <bloop/engine.h>

#endif

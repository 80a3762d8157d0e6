/* The interface of area engine: the object mapper's verbs. All of it is public: bloop/engine.h,
   bloop/search.h and bloop/signal.h. */
#ifndef BL_ENGINE_H
#define BL_ENGINE_H

#include <bloop/engine.h>
#include <bloop/search.h>
#include <bloop/signal.h>

#endif

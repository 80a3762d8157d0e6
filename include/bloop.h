/* Bloop for C: a declarative object mapper for DynamoDB, with an embedded durable store. Includes every public header. */
#ifndef BLOOP_H
#define BLOOP_H

#include <bloop/condition.h>
#include <bloop/datetime.h>
#include <bloop/engine.h>
#include <bloop/error.h>
#include <bloop/expr.h>
#include <bloop/json.h>
#include <bloop/model.h>
#include <bloop/number.h>
#include <bloop/object.h>
#include <bloop/op.h>
#include <bloop/remote.h>
#include <bloop/search.h>
#include <bloop/signal.h>
#include <bloop/type.h>
#include <bloop/value.h>
#include <bloop/version.h>

#endif

/* Random values, for items and expressions alike. */
#ifndef BLOOP_TEST_GENERATE_PARTS_H
#define BLOOP_TEST_GENERATE_PARTS_H

#include "model_based/tree.h"
#include "support/trial.h"

/* A value such as the attribute of this name has; rarely another. */
tree *generate_attribute(const char *name, trial_random *random);
/* Any small value. */
tree *generate_any(trial_random *random);
/* A set of some elements out of few. */
tree *generate_set(bloop_tag tag, trial_random *random);

#endif

/* Objects: items in memory, as structs.

     struct Account *account = bloop_new(Account);
     bloop_set(account, email, "admin@domain.com");
     puts(account->email);
     bloop_free(account);

   Objects are made by bloop_new (and by searches) alone: a struct Account of your own, on the stack say, is none.
   Fields are read directly and are read-only: bloop_set, bloop_unset, bloop_append and what loads an object write them. A
   field whose column has no value is all zeros. A value, once set, is the object's own copy; what fields point to is valid
   until the column is next set, unset or loaded, or the object is freed.

   `field` is what stands after `account->`, also inside maps and lists:

     bloop_set(account, home.number, 8)              a key of a map; the map comes into being if need be
     bloop_set(account, former.items[0].street, "x") an element of a list (or something in it); the index must exist
     bloop_append(account, former, bloop_map(Address, set(street, "New Road")))
     bloop_unset(account, former.items[0])           the list closes up

   The compiler checks the value's type as in an initialization. A value that does not fit (BLOOP_INVALID_VALUE, with a
   message that names model, column, value and rule) leaves the object unchanged, as does running out of memory.
   An object is for one thread at a time. */
#ifndef BLOOP_OBJECT_H
#define BLOOP_OBJECT_H

#include <bloop/model.h>

BLOOP_BEGIN_C_

/* A new object with its columns' defaults, the caller's, for bloop_free. NULL on failure: BLOOP_INVALID_MODEL and the others of
   bloop_model_check, BLOOP_INVALID_VALUE (a default that its column refuses), BLOOP_NO_MEMORY. */
#define bloop_new(Model) ((struct Model *)bloop_object_new(&(Model).bloop_model_))

/* Never defined: it is what the macros below find in place of their own variable when a field is misspelt, so that the
   compiler says so once, and little else. */
void bloop_field_(void);

/* Sets a column, key or element to a copy of the value. Returns a bloop_status. */
#define bloop_set(object, field, ...)                                                                            \
    __extension__({                                                                                              \
        __auto_type bloop_field_ = &(object)->field;                                                             \
        __typeof__(*bloop_field_) bloop_new_value_ = __VA_ARGS__;                                                \
        bloop_object_assign(&(object)->bloop_object_, bloop_field_, &bloop_new_value_, sizeof bloop_new_value_); \
    })
/* Makes a column none (a save will remove the attribute), or takes a key or element away. Returns a bloop_status. */
#define bloop_unset(object, field) \
    bloop_object_remove(&(object)->bloop_object_, &(object)->field, sizeof(object)->field)
/* Adds a copy of an element to the end of a list, or to a set. Returns a bloop_status. */
#define bloop_append(object, field, ...)                                                                         \
    __extension__({                                                                                              \
        __auto_type bloop_field_ = &(object)->field;                                                             \
        __typeof__(*bloop_field_->items) bloop_new_value_ = __VA_ARGS__;                                         \
        bloop_object_append(&(object)->bloop_object_, bloop_field_, &bloop_new_value_, sizeof bloop_new_value_); \
    })
/* BLOOP_MISSING, BLOOP_NONE or BLOOP_VALUE. A key that a map does not have is none. */
#define bloop_state(object, field) bloop_object_state(&(object)->bloop_object_, &(object)->field, sizeof(object)->field)
/* Whether it has a value. */
#define bloop_has(object, field) (bloop_state(object, field) == BLOOP_VALUE)

/* The functions that the macros stand on. `field` points into the object, or to an element of a list or set of it, or into
   that; `size` is that of the C value there. BLOOP_INVALID_ARGUMENT when no column, key or element is there. */
BLOOP_API void *bloop_object_new(const bloop_model *model);
BLOOP_API bloop_status bloop_object_assign(bloop_object *object, const void *field, const void *value, size_t size);
BLOOP_API bloop_status bloop_object_remove(bloop_object *object, const void *field, size_t size);
BLOOP_API bloop_status bloop_object_append(bloop_object *object, const void *field, const void *value, size_t size);
BLOOP_API bloop_column_state bloop_object_state(const bloop_object *object, const void *field, size_t size);

/* By column, for models made at run time: `object` is what bloop_object_new returned, `column` one of its model's (or of a
   base's), `value` points to the C value of the column's type. */
BLOOP_API bloop_status bloop_object_set(void *object, const bloop_column *column, const void *value);
BLOOP_API bloop_status bloop_object_unset(void *object, const bloop_column *column);
/* The C value, which is the object's; NULL, with the last error BLOOP_OK, when the column has none. */
BLOOP_API const void *bloop_object_get(const void *object, const bloop_column *column);
BLOOP_API bloop_column_state bloop_object_column_state(const void *object, const bloop_column *column);
/* The same as an attribute value (.data NULL: none or missing), valid as long as the field. */
BLOOP_API bloop_value bloop_object_packed(const void *object, const bloop_column *column);
/* Sets a column from an attribute value: it is loaded, and stored as its type stores it. */
BLOOP_API bloop_status bloop_object_set_packed(void *object, const bloop_column *column, bloop_value value);

/* The model of an object. */
BLOOP_API const bloop_model *bloop_object_model(const void *object);

/* For debugging: Account(email="admin@domain.com", verified=false), columns by name, missing ones left out. Writes at most
   `size` bytes, always ends in a zero byte, and returns the length that the whole text has. */
BLOOP_API size_t bloop_object_print(const void *object, char *text, size_t size);

/* Releases an object and all it owns. NULL is fine. */
BLOOP_API void bloop_free(void *object);

BLOOP_END_C_

#endif

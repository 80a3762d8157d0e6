/* Finds and changes entries of the global offset tables of loaded ELF files. */
#include "support/redirect.h"

#include <dlfcn.h>
#include <link.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct search {
    redirect_caller caller;
    const char *name;
    redirect_function replacement;
    bool found_caller, found_call;
} search;

typedef struct dynamic {
    const char *strings;
    const ElfW(Sym) * symbols;
    const ElfW(Rela) * plt, *rela;
    size_t plt_size, rela_size;
} dynamic;

static redirect_function real_function(const char *name);
static int visit(struct dl_phdr_info *object, size_t size, void *context);
static dynamic read_dynamic(const struct dl_phdr_info *object);
static void patch(const struct dl_phdr_info *object, const dynamic *d, const ElfW(Rela) * entries, size_t size,
                  search *s);
static void replace(redirect_function *slot, redirect_function replacement);
static const void *absolute(const struct dl_phdr_info *object, ElfW(Addr) address);

redirect_function redirect(redirect_caller caller, const char *name, redirect_function replacement)
{
    search s = { .caller = caller, .name = name, .replacement = replacement };
    (void)dl_iterate_phdr(visit, &s);
    return s.found_call ? real_function(name) : NULL;
}

bool redirect_is_possible(void)
{
    search s = { .caller = REDIRECT_LMDB, .name = "" };
    (void)dl_iterate_phdr(visit, &s);
    return s.found_caller;
}

/* Not what the table held: before a function's first call that may be the linker, which would write the table again. */
static redirect_function real_function(const char *name)
{
    void *address = dlsym(RTLD_DEFAULT, name);
    redirect_function function = NULL;
    memcpy(&function, &address, sizeof function);
    return function;
}

/* The first object is the program. */
static int visit(struct dl_phdr_info *object, size_t size, void *context)
{
    (void)size;
    search *s = context;
    bool program = object->dlpi_name[0] == '\0';
    bool lmdb = strstr(object->dlpi_name, "liblmdb") != NULL;
    if (s->caller == REDIRECT_PROGRAM ? !program : !lmdb)
        return 0;
    dynamic d = read_dynamic(object);
    s->found_caller = true;
    patch(object, &d, d.plt, d.plt_size, s);
    patch(object, &d, d.rela, d.rela_size, s);
    return 1;
}

static dynamic read_dynamic(const struct dl_phdr_info *object)
{
    dynamic d = { 0 };
    const ElfW(Dyn) *entry = NULL;
    for (int i = 0; i < object->dlpi_phnum; i++)
        if (object->dlpi_phdr[i].p_type == PT_DYNAMIC)
            entry = (const ElfW(Dyn) *)(object->dlpi_addr + object->dlpi_phdr[i].p_vaddr);
    for (; entry && entry->d_tag != DT_NULL; entry++) {
        switch (entry->d_tag) {
        case DT_STRTAB: d.strings = absolute(object, entry->d_un.d_ptr); break;
        case DT_SYMTAB: d.symbols = absolute(object, entry->d_un.d_ptr); break;
        case DT_JMPREL: d.plt = absolute(object, entry->d_un.d_ptr); break;
        case DT_PLTRELSZ: d.plt_size = entry->d_un.d_val; break;
        case DT_RELA: d.rela = absolute(object, entry->d_un.d_ptr); break;
        case DT_RELASZ: d.rela_size = entry->d_un.d_val; break;
        default: break;
        }
    }
    return d;
}

static void patch(const struct dl_phdr_info *object, const dynamic *d, const ElfW(Rela) * entries, size_t size,
                  search *s)
{
    for (size_t i = 0; entries && i < size / sizeof *entries; i++) {
        size_t symbol = (size_t)(entries[i].r_info >> 32);
        if (symbol == 0 || strcmp(d->strings + d->symbols[symbol].st_name, s->name) != 0)
            continue;
        redirect_function *slot = (redirect_function *)(object->dlpi_addr + entries[i].r_offset);
        s->found_call = true;
        replace(slot, s->replacement);
    }
}

/* The table is read-only once the program runs. */
static void replace(redirect_function *slot, redirect_function replacement)
{
    uintptr_t page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
    void *page = (void *)((uintptr_t)slot & ~(page_size - 1));
    if (mprotect(page, page_size, PROT_READ | PROT_WRITE) == 0)
        *slot = replacement;
}

/* The C library has these addresses already, or not yet, made absolute. */
static const void *absolute(const struct dl_phdr_info *object, ElfW(Addr) address)
{
    return (const void *)(address < object->dlpi_addr ? object->dlpi_addr + address : address);
}

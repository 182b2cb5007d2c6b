#include "base/err.h"

#include "base/count.h"
#include "base/text.h"

#include <stdarg.h>
#include <stddef.h>

enum code
err_set(struct err *e, enum code code, const char *where, const char *fmt, ...)
{
	va_list ap;

	e->code = code;
	e->next[0] = '\0';
	/* Programs look at how a place begins. */
	text_print(e->where, sizeof e->where, "%.*s", (int)sizeof e->where - 1, where);
	va_start(ap, fmt);
	text_vprint(e->text, sizeof e->text, fmt, ap);
	va_end(ap);
	return code;
}

const char *
code_name(enum code code)
{
	static const struct {
		enum code code;
		const char *name;
	} names[] = {
	    {OK, "ok"},
	    {REJ_FRAME, "frame"},
	    {REJ_LIMIT, "too_large"},
	    {REJ_MALFORMED, "malformed"},
	    {REJ_FIELD, "field"},
	    {REJ_STATE, "state"},
	    {REJ_FORBIDDEN, "forbidden"},
	    {REJ_ROLE, "role"},
	    {REJ_NOT_FOUND, "not_found"},
	    {TRY_STORE, "store"},
	    {TRY_CONFLICT, "conflict"},
	    {TRY_LIMIT, "limit"},
	    {TRY_SYSTEM, "system"},
	    {FATAL_CONFIG, "config"},
	    {FATAL_BUG, "bug"},
	};

	for (size_t i = 0; i < COUNT(names); i++)
		if (names[i].code == code)
			return names[i].name;
	return "unknown";
}

#include "core/kind/words.h"

#include "base/count.h"
#include "base/json/jsonin.h"
#include "base/text.h"
#include "core/kind/kind.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Stays in capitals. */
static bool
is_short_form(const char *word, size_t n)
{
	static const char *const short_forms[] = {"IED", "LAG", "CTI", "FTI",
						  "OTP", "TIP", "QA",  "CCTV"};

	for (size_t i = 0; i < COUNT(short_forms); i++)
		if (strlen(short_forms[i]) == n && memcmp(short_forms[i], word, n) == 0)
			return true;
	return false;
}

static bool
has_code(const struct field *f, size_t n, const char *field, const char *code)
{
	for (size_t i = 0; i < n; i++)
		if (f[i].names != NULL && strcmp(f[i].name, field) == 0 &&
		    enum_number(f[i].names, text_of(code)) != 0)
			return true;
	return false;
}

static bool
is_code_of(const char *field, const char *code)
{
	for (size_t k = 0; k < KIND_COUNT; k++)
		for (size_t i = 0; i < kind_n_fields(kinds[k]); i++) {
			const struct field *f = kind_field(kinds[k], i);

			if (has_code(f, 1, field, code) ||
			    (f->type == FIELD_LIST && has_code(f->item, f->n_item, field, code)))
				return true;
		}
	return false;
}

bool
code_words(const char *field, const char *code, char *out, size_t n)
{
	size_t end;

	snprintf(out, n, "%s", code);
	if (!is_code_of(field, code))
		return false;
	for (char *p = out; *p != '\0'; p += end) {
		end = strcspn(p, "_");
		for (size_t i = 0; i < end && !is_short_form(p, end); i++)
			p[i] = (char)tolower((unsigned char)p[i]);
		if (p[end] == '_')
			p[end++] = ' ';
	}
	return true;
}

bool
code_named(const json_t *names, const char *field, const char *code, char *out, size_t n)
{
	const char *name = member_maybe(json_object_get(names, field), code);

	if (name != NULL) {
		text_print(out, n, "%s %s", code, name);
		return true;
	}
	if (code_words(field, code, out, n))
		return true;
	text_print(out, n, "%s", code);
	return false;
}

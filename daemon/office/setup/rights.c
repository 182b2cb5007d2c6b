/* Rights: what a principal may, how far, and what gives it that. */
#include "base/json/jsonout.h"
#include "office/call.h"

#include <string.h>

static bool
add_grant(void *ctx, struct text source, struct text kind, struct text site)
{
	struct made *grants = ctx;
	struct made o = made_object();

	made_put(&o, "source", json_stringn(source.s, source.n));
	made_put(&o, "kind", json_stringn(kind.s, kind.n));
	made_put(&o, "site", json_stringn(site.s, site.n));
	made_append(grants, made_take(o));
	return true;
}

static json_t *
right_json(enum right r, const char *more, const char *value)
{
	struct made o = made_object();

	made_put(&o, "right", json_string(right_name(r)));
	made_put(&o, "about", json_string(right_about(r)));
	made_put(&o, more, json_string(value));
	return made_take(o);
}

static json_t *
rights_json(const struct call *c, const char *principal, enum role role)
{
	struct made all = made_object();
	struct made has = made_array();
	struct made lacks = made_array();
	struct made grants = made_array();
	char who[RIGHT_WHO_SIZE];

	for (unsigned r = 0; r < RIGHT_COUNT; r++) {
		enum scope scope = right_scope(role, (enum right)r);

		right_who((enum right)r, ", ", who, sizeof who);
		if (scope != SCOPE_NONE)
			made_append(&has, right_json((enum right)r, "scope", scope_name(scope)));
		else
			made_append(&lacks, right_json((enum right)r, "roles", who));
	}
	registry_each_grant(call_registry(c), text_of(principal), add_grant, &grants);
	made_put(&all, "principal", json_string(principal));
	made_put(&all, "role", json_string(role_name(role)));
	made_put(&all, "may", made_take(has));
	made_put(&all, "grants", made_take(grants));
	made_put(&all, "may_not", made_take(lacks));
	return made_take(all);
}

/* Of others the role that the register gives: who owns this semsd is an admin besides, and asks for
 * himself. */
void
admin_rights(struct call *c)
{
	const char *principal = c->request.rights->principal;
	bool is_own =
	    principal == NULL || principal[0] == '\0' || strcmp(principal, c->who.principal.s) == 0;

	if (is_own)
		call_reply_json(c, rights_json(c, c->who.principal.s, c->who.role));
	else if (!right_has(c->who.role, RIGHT_SEE_RIGHTS))
		call_forbid(c, "principal", RIGHT_SEE_RIGHTS);
	else if (!text_is_clean_utf8(text_of(principal)))
		call_fail(c, ANSWER_INVALID, "principal", "is no clean text");
	else
		call_reply_json(
		    c,
		    rights_json(c, principal, registry_role(call_registry(c), text_of(principal))));
}

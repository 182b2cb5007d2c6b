#include "ingest/person.h"

#include "base/digest.h"
#include "core/validate.h"

static bool
refuse(struct refusal *why, const struct record *r, size_t index, const char *text)
{
	char path[64];

	field_path(r->kind, index, path);
	why->reason = REASON_RULE;
	err_set(&why->err, REJ_FIELD, path, "%s", text);
	return false;
}

/* NULL, or what is wrong. */
static const char *
replace(struct value *v, const unsigned char *key, bool given_allowed, struct arena *a)
{
	unsigned char mac[SHA256_SIZE];
	unsigned char *out;

	if (!v->set)
		return NULL;
	out = arena_alloc(a, PSEUDONYM_SIZE);
	if (out == NULL)
		return "out of memory for this record; send it again";
	if (v->text.n != 0 && v->text.s[0] == '~') {
		struct text hex = {v->text.s + 1, v->text.n - 1};

		if (!given_allowed)
			return "a pseudonym (~...) may only be given in a correction by "
			       "compliance; send "
			       "the person's identifier";
		if (!hex_decode(hex, out, PSEUDONYM_SIZE))
			return "a pseudonym is ~ and 32 hexadecimal digits";
	} else {
		if (!hmac_sha256(key, v->text.s, v->text.n, mac))
			return "the pseudonym could not be made; send the record again";
		memcpy(out, mac, PSEUDONYM_SIZE);
	}
	v->text = (struct text){(const char *)out, PSEUDONYM_SIZE};
	return NULL;
}

static const char *
replace_list(struct value *v, const unsigned char *key, bool given_allowed, struct arena *a)
{
	for (size_t i = 0; v->set && i < v->list.n; i++) {
		const char *fault = replace(&v->list.v[i], key, given_allowed, a);

		if (fault != NULL)
			return fault;
	}
	return NULL;
}

bool
person_replace(struct record *r, const unsigned char *key, bool given_allowed, struct arena *a,
	       struct refusal *why)
{
	size_t n = kind_n_fields(r->kind);

	for (size_t i = 0; i < n; i++) {
		enum field_type type = kind_field(r->kind, i)->type;
		const char *fault = NULL;

		if (type == FIELD_PERSON)
			fault = replace(&r->v[i], key, given_allowed, a);
		else if (type == FIELD_PERSONS)
			fault = replace_list(&r->v[i], key, given_allowed, a);
		if (fault != NULL)
			return refuse(why, r, i, fault);
	}
	return true;
}

#include "web/person/proof.h"

#include "base/count.h"
#include "base/json/jsonin.h"
#include "web/json/base64.h"

#include <stdio.h>
#include <string.h>

bool
proof_part(const char *given, unsigned char *room, struct text *out)
{
	const struct text t = text_of(given);
	size_t n = 0;

	*out = (struct text){(const char *)room, 0};
	if (t.n > PROOF_PART_MAX || !base64_decode(t, room, &n))
		return false;
	out->n = n;
	return true;
}

static bool
take_text(const json_t *said, const char *name, char *out, size_t size)
{
	const char *given = member_text(said, name);

	snprintf(out, size, "%s", given);
	return strlen(given) < size;
}

static bool
take_all(const json_t *said, struct proof *p)
{
	const struct {
		const char *name;
		struct text *to;
	} parts[] = {
	    [PROOF_CLIENT] = {"clientDataJSON", &p->shown.client},
	    [PROOF_AUTHDATA] = {"authenticatorData", &p->shown.authdata},
	    [PROOF_SIGNATURE] = {"signature", &p->shown.signature},
	    [PROOF_ID] = {"id", &p->id},
	    [PROOF_USER] = {"userHandle", &p->user},
	};
	COVERS(parts, PROOF_PARTS);

	for (size_t i = 0; i < COUNT(parts); i++)
		if (!proof_part(member_text(said, parts[i].name), p->bytes[i], parts[i].to))
			return false;
	return take_text(said, "link", p->link, sizeof p->link) &&
	       take_text(said, "name", p->name, sizeof p->name);
}

bool
proof_read(struct text body, struct proof *p)
{
	json_t *said = json_loadb(body.s, body.n, JSON_REJECT_DUPLICATES, NULL);
	const bool good = json_is_object(said) && take_all(said, p);

	json_decref(said);
	return good;
}

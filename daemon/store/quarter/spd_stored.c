#include "store/quarter/spd_stored.h"

#include "core/action/action.h"
#include "core/spd/schema.h"

#include <string.h>

json_t *
spd_stored(const char *document, const char *quarter, const char *revision, struct err *e)
{
	struct err why = {0};
	json_t *doc = schema_read(SCHEMA_SPD, document, strlen(document), &why);

	if (doc == NULL && why.code == REJ_MALFORMED) {
		err_set(e, REJ_STATE, why.where,
			"the stored document of %s revision %s is not as it was frozen: %.100s; "
			"spd.verify looks for more",
			quarter, revision, why.text);
		action_offer(e, &(struct todo){.action = ACTION_SPD_VERIFY, .quarter = quarter});
	} else if (doc == NULL) {
		*e = why;
	}
	return doc;
}

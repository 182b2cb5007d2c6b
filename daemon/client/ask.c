#include "client/ask.h"

enum code
ask_raw(const char *address, Sems__V1__Request *request, struct buf *raw, struct err *e)
{
	struct client *c = NULL;
	enum code code;

	buf_init(raw, ASK_ANSWER_MAX);
	code = client_open(address, &c, e);
	if (code == OK)
		code = client_ask(c, request, raw, e);
	client_close(c);
	return code;
}

enum code
ask(const char *address, Sems__V1__Request *request, json_t **answer, struct err *e)
{
	struct buf raw;
	json_error_t why;
	enum code code = ask_raw(address, request, &raw, e);

	if (code == OK) {
		*answer = json_loadb((const char *)raw.p, raw.n, JSON_REJECT_DUPLICATES, &why);
		if (*answer == NULL)
			code = err_set(e, FATAL_BUG, "answer", "semsd's answer is no JSON: %s",
				       why.text);
	}
	buf_fini(&raw);
	return code;
}

enum code
ask_over(struct client *c, Sems__V1__Request *request, json_t **answer, struct err *e)
{
	struct buf raw;
	enum code code;

	*answer = NULL;
	buf_init(&raw, ASK_ANSWER_MAX);
	code = client_ask(c, request, &raw, e);
	if (code == OK)
		*answer = json_loadb((const char *)raw.p, raw.n, 0, NULL);
	buf_fini(&raw);
	if (code == OK && !json_is_object(*answer)) {
		json_decref(*answer);
		*answer = NULL;
		code = err_set(e, FATAL_BUG, "answer", "semsd's answer is not what it should be");
	}
	return code;
}

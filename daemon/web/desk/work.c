#include "web/desk/work.h"

#include "base/count.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void
end(struct work *w)
{
	if (w->drop != NULL)
		w->drop(w->page);
	free(w);
}

static void
on_gone(struct asked *a)
{
	struct work *w = a->work;

	if (w->line != NULL)
		upstream_forget(w->line);
	work_answer(w, &(struct answer){.status = 503});
}

struct work *
work_new(struct desk *d, struct asked *a, void (*known)(struct work *w))
{
	struct work *w = calloc(1, sizeof *w);

	if (w == NULL) {
		answer_refuse(a, 503, 1, "", "out of memory: try again");
		return NULL;
	}
	w->desk = d;
	w->asked = a;
	w->known = known;
	a->work = w;
	a->on_gone = on_gone;
	return w;
}

void
work_answer(struct work *w, const struct answer *what)
{
	answer_give(w->asked, what);
	end(w);
}

void
work_refuse(struct work *w, int status, unsigned retry_after_s, const char *field, const char *fmt,
	    ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	text_vprint(text, sizeof text, fmt, ap);
	va_end(ap);
	answer_refuse(w->asked, status, retry_after_s, field, "%s", text);
	end(w);
}

unsigned
work_seconds(uint32_t ms)
{
	return (ms + 999) / 1000;
}

/* By what a Refuse or a Response is to whoever sent it; others are ours or semsd's faults. */
int
work_status(const struct reply *r)
{
	static const struct {
		enum reply_kind kind;
		int code;
		int status;
	} rows[] = {
	    {REPLY_REFUSED, SEMS__V1__REFUSE_CODE__REFUSE_CODE_FRAME, 400},
	    {REPLY_REFUSED, SEMS__V1__REFUSE_CODE__REFUSE_CODE_LIMIT, 413},
	    {REPLY_REFUSED, SEMS__V1__REFUSE_CODE__REFUSE_CODE_UNAUTHORISED, 403},
	    {REPLY_FAILED, SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_INVALID, 400},
	    {REPLY_FAILED, SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_FORBIDDEN, 403},
	    {REPLY_FAILED, SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_NOT_FOUND, 404},
	    {REPLY_FAILED, SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_STATE, 409},
	    {REPLY_CROWDED, 0, 429},
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].kind == r->kind && rows[i].code == r->code)
			return rows[i].status;
	return r->retry_after_ms != 0 ? 503 : 500;
}

void
work_refuse_reply(struct work *w, const struct reply *r)
{
	work_refuse(w, work_status(r), work_seconds(r->retry_after_ms), r->field, "%s",
		    r->text[0] != '\0' ? r->text : "semsd does not say why");
}

#include "web/pages.h"

#include "base/count.h"
#include "web/view/ask.h"
#include "web/view/home.h"

static const struct view list[] = {
    {"/",
     "Home",
     "Home",
     SECTION_HOME,
     RIGHT_COUNT,
     {{ask_status, 0, ASK_PART},
      {ask_due, 0, ASK_PART},
      {ask_due, 1, ASK_PART},
      {ask_due, 2, ASK_PART},
      {ask_due, 3, ASK_PART},
      {ask_newest_document, 0, ASK_PART},
      {ask_my_actions, 0, ASK_PART},
      {ask_claimed, 0, ASK_PART},
      {ask_claimed, 1, ASK_PART},
      {ask_pending, 0, ASK_PART},
      {ask_quarantine, 0, ASK_PART}},
     home_print,
     NULL},
};

void
pages_take(void *ctx, struct asked *a)
{
	static const struct views all = {list, COUNT(list)};

	view_take(&all, ctx, a);
}

#include "tests/lib/machine_walk.h"
#include "web/upstream/line.h"

#include <criterion/criterion.h>

Test(line, goes_where_its_table_says)
{
	static const char *const edges[] = {
	    "greeting: a Welcome > asked, closed > gone",
	    "asked: a reply > idle, closed > gone",
	    "idle: a question > asked, closed > gone",
	    "gone: ",
	};

	MACHINE_WALK(&line_machine, edges);
}

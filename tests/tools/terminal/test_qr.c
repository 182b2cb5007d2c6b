#include "base/count.h"
#include "tools/terminal/qr.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#define SIDE 29 /* of a code of version 3, which has room for 42 bytes at this level */

/* Reads what was printed back into squares: true is dark. */
static int
squares(const char *p, bool dark[SIDE + 4 + 1][SIDE + 4])
{
	static const char *const halves[] = {" ", "▄", "▀", "█"};
	int rows = 0;

	for (; *p != '\0'; rows += 2) {
		cr_assert_eq(strncmp(p, "\033[97;40m", 8), 0);
		p += 8;
		for (int x = 0; x < SIDE + 4; x++) {
			size_t h = COUNT(halves);

			while (h-- > 0 && strncmp(p, halves[h], strlen(halves[h])) != 0)
				;
			cr_assert_lt(h, COUNT(halves));
			p += strlen(halves[h]);
			dark[rows][x] = (h & 2) == 0;
			dark[rows + 1][x] = (h & 1) == 0;
		}
		cr_assert_eq(strncmp(p, "\033[0m\n", 5), 0);
		p += 5;
	}
	return rows;
}

/* Every code has the same three corners, within a light border. */
Test(qr, has_its_corners_in_a_light_border)
{
	static const char corner[7][8] = {"#######", "#.....#", "#.###.#", "#.###.#",
					  "#.###.#", "#.....#", "#######"};
	static const int at[3][2] = {{2, 2}, {2, SIDE - 5}, {SIDE - 5, 2}};
	bool dark[SIDE + 4 + 1][SIDE + 4];
	char *said = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&said, &n);

	cr_assert(qr_print("https://h:8443/v1/enrol#ABCD-EFGH-JKMN", f));
	fclose(f);
	cr_assert_eq(squares(said, dark), SIDE + 5);
	for (int i = 0; i < SIDE + 4; i++)
		cr_expect_not(dark[0][i] || dark[1][i] || dark[i][0] || dark[i][SIDE + 3]);
	for (size_t c = 0; c < COUNT(at); c++)
		for (int y = 0; y < 7; y++)
			for (int x = 0; x < 7; x++)
				cr_expect_eq(dark[at[c][0] + y][at[c][1] + x], corner[y][x] == '#',
					     "corner %zu at %d, %d", c, y, x);
	free(said);
}

Test(qr, prints_nothing_of_what_is_too_long)
{
	static char text[4000];
	char *said = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&said, &n);

	memset(text, 'a', sizeof text - 1);
	cr_expect_not(qr_print(text, f));
	fclose(f);
	cr_expect_eq(n, 0);
	free(said);
}

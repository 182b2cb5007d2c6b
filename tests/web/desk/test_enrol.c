#include "base/count.h"
#include "tests/web/desk/device_key.h"
#include "tests/web/desk/stand.h"
#include "web/json/base64.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

static struct stand s;

static void
post(const char *body)
{
	stand_post(&s, "/v1/enrol", "Content-Type: application/json\r\n", body, strlen(body));
}

static void
expect(const char *status, const char *says)
{
	const char *heard = stand_answer(&s);

	cr_expect_eq(strncmp(heard + 9, status, 3), 0, "%s", heard);
	cr_expect_not_null(strstr(heard, says), "%s", heard);
}

static struct far_line *
asked(Sems__V1__ClientFrame **f)
{
	struct far_line *l = far_accept(&s.semsd);
	char whom[128];

	far_greeted(l, whom);
	cr_expect_str_eq(whom, "");
	far_welcome(l, "unix:web", "gateway");
	*f = far_hear(l);
	cr_assert_eq((*f)->request->device->operation,
		     SEMS__V1__DEVICE_OPERATION__DEVICE_OPERATION_ENROL);
	return l;
}

static void
jwk(const struct device_key *k, char *out, size_t size)
{
	char x[64], y[64];

	base64_encode(k->point + 1, 32, x);
	base64_encode(k->point + 33, 32, y);
	snprintf(out, size,
		 "{\"code\":\"ABCD-EFGH-JKMN\",\"publicKey\":{\"kty\":\"EC\",\"crv\":\"P-"
		 "256\","
		 "\"ext\":true,"
		 "\"x\":\"%s\",\"y\":\"%s\"}}",
		 x, y);
}

/* P-1205 */
Test(enrol, exchanges_a_code_for_a_token)
{
	Sems__V1__ClientFrame *f;
	struct far_line *l;

	stand_open(&s, NULL);
	post("{\"code\":\"ABCD-EFGH-JKMN\"}");
	l = asked(&f);
	cr_expect_str_eq(f->request->device->code, "ABCD-EFGH-JKMN");
	cr_expect_not(f->request->device->has_public_key);
	far_document(l, f->request->request_no,
		     "{\"principal\":\"device:a\",\"token\":\"0123\",\"until\":null}", false);
	expect("200", "\r\n\r\n{\"principal\":\"device:a\",\"token\":\"0123\"}\n");
	sems__v1__client_frame__free_unpacked(f, NULL);
	far_end_line(l);
	stand_close(&s);
}

/* P-1206 */
Test(enrol, exchanges_a_code_for_the_place_of_a_key)
{
	Sems__V1__ClientFrame *f;
	struct device_key k;
	struct far_line *l;
	char body[400];

	stand_open(&s, NULL);
	device_key_make(&k);
	jwk(&k, body, sizeof body);
	post(body);
	l = asked(&f);
	cr_assert_eq(f->request->device->public_key.len, POINT_SIZE);
	cr_expect_eq(memcmp(f->request->device->public_key.data, k.point, POINT_SIZE), 0);
	far_document(l, f->request->request_no, "{\"principal\":\"device:k\",\"key_id\":\"77\"}",
		     false);
	expect("200", "{\"keyId\":\"77\",\"principal\":\"device:k\"}");
	sems__v1__client_frame__free_unpacked(f, NULL);
	far_end_line(l);
	device_key_free(&k);
	stand_close(&s);
}

Test(enrol, tells_that_a_code_is_none)
{
	Sems__V1__ClientFrame *f;
	struct far_line *l;

	stand_open(&s, NULL);
	post("{\"code\":\"ABCD-EFGH-JKMN\"}");
	l = asked(&f);
	far_fail(l, f->request->request_no, SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_NOT_FOUND, "",
		 "the code is unknown");
	expect("403", "the code is unknown");
	sems__v1__client_frame__free_unpacked(f, NULL);
	far_end_line(l);
	stand_close(&s);
}

Test(enrol, refuses_what_is_no_key_without_asking_semsd)
{
	static const char *const bad[] = {
	    "{",
	    "[]",
	    "{}",
	    "{\"code\":5}",
	    "{\"code\":\"A\",\"publicKey\":5}",
	    "{\"code\":\"A\",\"publicKey\":{\"kty\":\"EC\",\"crv\":\"P-"
	    "384\",\"x\":\"AA\",\"y\":"
	    "\"AA\"}}",
	    "{\"code\":\"A\",\"publicKey\":{\"kty\":\"EC\",\"crv\":\"P-"
	    "256\",\"x\":\"AA\",\"y\":"
	    "\"AA\"}}",
	};
	struct device_key k;
	char body[400];

	stand_open(&s, NULL);
	for (size_t i = 0; i < COUNT(bad); i++) {
		post(bad[i]);
		expect("400", i < 4 ? "\"field\":\"code\"" : "\"field\":\"publicKey\"");
	}
	device_key_make(&k);
	k.point[64] ^= 1;
	jwk(&k, body, sizeof body);
	post(body);
	expect("400", "is no public key");
	stand_post(&s, "/v1/enrol", "Content-Type: text/plain\r\n", "{}", 2);
	expect("415", "application/json");
	cr_expect(far_is_quiet(&s.semsd));
	device_key_free(&k);
	stand_close(&s);
}

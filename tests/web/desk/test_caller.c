#include "base/count.h"
#include "tests/web/desk/device_key.h"
#include "tests/web/desk/stand.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

#define ID    "00112233445566778899aabbccddeeff"
#define TOKEN "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct stand s;
static struct far_line *own; /* semsweb's own session with semsd */

static void
post(const char *headers, const char *body)
{
	char all[600];

	snprintf(all, sizeof all, "Content-Type: application/json\r\n%s", headers);
	stand_post(&s, "/v1/batch", all, body, strlen(body));
}

static void
expect(const char *status, const char *says)
{
	const char *heard = stand_answer(&s);

	cr_expect_eq(strncmp(heard + 9, status, 3), 0, "%s", heard);
	cr_expect_not_null(strstr(heard, says), "%s", heard);
}

static Sems__V1__ClientFrame *
whose_is_asked(void)
{
	Sems__V1__ClientFrame *f;
	char whom[128];

	if (own == NULL) {
		own = far_accept(&s.semsd);
		far_greeted(own, whom);
		cr_expect_str_eq(whom, "", "it asks for itself");
		far_welcome(own, "unix:web", "gateway");
	}
	f = far_hear(own);
	cr_assert_eq(f->request->body_case, SEMS__V1__REQUEST__BODY_DEVICE);
	cr_assert_eq(f->request->device->operation,
		     SEMS__V1__DEVICE_OPERATION__DEVICE_OPERATION_KNOW);
	return f;
}

static void
tell_whose(const char *document)
{
	Sems__V1__ClientFrame *f = whose_is_asked();

	far_document(own, f->request->request_no, document, false);
	sems__v1__client_frame__free_unpacked(f, NULL);
}

static void
take_batch(const char *whom)
{
	struct far_line *l = far_accept(&s.semsd);
	char named[128];

	far_greeted(l, named);
	cr_expect_str_eq(named, whom);
	far_welcome(l, named, "device");
	sems__v1__client_frame__free_unpacked(far_hear(l), NULL);
	far_stored(l, 0, 0);
	expect("200", "{\"batchNo\":\"0\"}");
	far_end_line(l);
}

static void
open_stand(void)
{
	own = NULL;
	stand_open(&s, NULL);
}

static void
close_stand(void)
{
	if (own != NULL)
		far_end_line(own);
	stand_close(&s);
}

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* P-1205: whose a token is semsd is asked once, by its digest alone. */
Test(caller, is_known_by_a_token)
{
	Sems__V1__ClientFrame *f;

	open_stand();
	post("Authorization: Bearer " TOKEN "\r\n", "{}");
	f = whose_is_asked();
	cr_expect_eq(f->request->device->token_sha256.len, 32);
	cr_expect_eq(f->request->device->token_sha256.data[0], 0xa8);
	cr_expect_null(f->request->device->key_id);
	cr_expect(f->request->device->seen, "a token proves itself");
	far_document(own, f->request->request_no,
		     "{\"principal\":\"device:a\",\"public_key\":null}", false);
	sems__v1__client_frame__free_unpacked(f, NULL);
	take_batch("device:a");
	post("Authorization: bearer " TOKEN "\r\n", "{}");
	take_batch("device:a");
	close_stand();
}

/* P-1206 */
Test(caller, is_known_by_a_key_that_signed_what_came)
{
	char header[300], said[300], hex[2 * POINT_SIZE + 1];
	struct device_key k;
	Sems__V1__ClientFrame *f;

	open_stand();
	device_key_make(&k);
	hex_encode(k.point, sizeof k.point, hex);
	snprintf(said, sizeof said, "{\"principal\":\"device:k\",\"public_key\":\"%s\"}", hex);
	device_key_header(&k, ID, now_ms() - 290000, "/v1/batch", "{}", header, sizeof header);
	post(header, "{ }");
	f = whose_is_asked();
	cr_expect_str_eq(f->request->device->key_id, ID);
	cr_expect_not(f->request->device->seen, "nothing is proved yet");
	far_document(own, f->request->request_no, said, false);
	sems__v1__client_frame__free_unpacked(f, NULL);
	expect("401", "the signature is not of this request");
	post(header, "{}");
	take_batch("device:k");
	device_key_header(&k, ID, now_ms() + 290000, "/v1/batch", "{}", header, sizeof header);
	post(header, "{}");
	take_batch("device:k");
	device_key_free(&k);
	close_stand();
}

/* Where it has proved itself after semsd was asked, semsd is told so. */
Test(caller, is_noted_when_its_key_has_proved_itself)
{
	char header[300], said[300], hex[2 * POINT_SIZE + 1];
	struct device_key k;
	struct far_line *other;
	Sems__V1__ClientFrame *f;
	char whom[128];

	open_stand();
	device_key_make(&k);
	hex_encode(k.point, sizeof k.point, hex);
	snprintf(said, sizeof said, "{\"principal\":\"device:k\",\"public_key\":\"%s\"}", hex);
	device_key_header(&k, ID, now_ms(), "/v1/batch", "{}", header, sizeof header);
	post(header, "{}");
	tell_whose(said);
	other = far_accept(&s.semsd);
	far_greeted(other, whom);
	cr_expect_str_eq(whom, "");
	far_welcome(other, "unix:web", "gateway");
	f = far_hear(other);
	cr_expect(f->request->device->seen);
	cr_expect_str_eq(f->request->device->key_id, ID);
	far_document(other, f->request->request_no, said, false);
	sems__v1__client_frame__free_unpacked(f, NULL);
	take_batch("device:k");
	far_end_line(other);
	device_key_free(&k);
	close_stand();
}

/* P-1205, P-1206: what semsd need not be asked for. */
Test(caller, is_refused_by_what_he_shows)
{
	char late[300], early[300];
	const struct {
		const char *header, *says;
	} rows[] = {
	    {"", "say who it is"},
	    {"Authorization: Basic YTpi\r\n", "say who it is"},
	    {"Authorization: Bearer abc\r\n", "64 hexadecimal digits"},
	    {"Authorization: SEMS keyId=1\r\n", "keyId=..., time=..., signature=..."},
	    {late, "s from ours"},
	    {early, "s from ours"},
	};
	struct device_key k;

	open_stand();
	device_key_make(&k);
	device_key_header(&k, ID, now_ms() - 310000, "/v1/batch", "{}", late, sizeof late);
	device_key_header(&k, ID, now_ms() + 310000, "/v1/batch", "{}", early, sizeof early);
	for (size_t i = 0; i < COUNT(rows); i++) {
		post(rows[i].header, "{}");
		expect("401", rows[i].says);
		cr_expect_not_null(strstr(s.talk.heard, "\"field\":\"Authorization\""));
	}
	cr_expect(far_is_quiet(&s.semsd));
	device_key_free(&k);
	close_stand();
}

/* P-1207 */
Test(caller, is_refused_when_semsd_knows_nobody_by_it)
{
	Sems__V1__ClientFrame *f;

	open_stand();
	post("Authorization: Bearer " TOKEN "\r\n", "{}");
	f = whose_is_asked();
	far_fail(own, f->request->request_no, SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_NOT_FOUND, "",
		 "no");
	sems__v1__client_frame__free_unpacked(f, NULL);
	expect("401", "nobody is known by this");
	post("Authorization: Bearer " TOKEN "\r\n", "{}");
	tell_whose("{\"public_key\":null}");
	expect("503", "makes no sense");
	post("Authorization: Bearer " TOKEN "\r\n", "{}");
	f = whose_is_asked();
	far_fail(own, f->request->request_no, SEMS__V1__RESPONSE_CODE__RESPONSE_CODE_FORBIDDEN, "",
		 "give me a role");
	sems__v1__client_frame__free_unpacked(f, NULL);
	expect("403", "give me a role");
	close_stand();
}

/* A token of a device with a key, or the reverse, is nobody's. */
Test(caller, is_not_known_by_a_key_without_its_point)
{
	char header[300];
	struct device_key k;

	open_stand();
	device_key_make(&k);
	device_key_header(&k, ID, now_ms(), "/v1/batch", "{}", header, sizeof header);
	post(header, "{}");
	tell_whose("{\"principal\":\"device:k\",\"public_key\":null}");
	expect("503", "makes no sense");
	device_key_free(&k);
	close_stand();
}

/* Whoever shows something is that one, also where all others are somebody. */
Test(caller, is_what_he_shows_before_what_all_are)
{
	own = NULL;
	stand_open(&s, "device:all");
	post("", "{}");
	take_batch("device:all");
	post("Authorization: Bearer " TOKEN "\r\n", "{}");
	tell_whose("{\"principal\":\"device:a\",\"public_key\":null}");
	take_batch("device:a");
	post("Authorization: Bearer no\r\n", "{}");
	expect("401", "64 hexadecimal digits");
	close_stand();
}

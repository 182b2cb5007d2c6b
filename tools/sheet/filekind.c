#include "tools/sheet/filekind.h"

#include "base/count.h"
#include "tools/sheet/workbook.h"

#include <string.h>
#include <unistd.h>
#include <zip.h>

/* A file that begins so is no text, whatever its name says. */
static const struct {
	const char *head;
	size_t n;
	const char *is;
} heads[] = {
    {"\xD0\xCF\x11\xE0", 4,
     "is an old Excel workbook (.xls), or one with a password: save it as .xlsx without one, or as "
     "CSV"},
    {"%PDF-", 5, "is a PDF: export the list as CSV or .xlsx where it was made"},
    {"\x1F\x8B", 2, "is compressed (gzip): unpack it first"},
    {"\x28\xB5\x2F\xFD", 4, "is compressed (zstd): unpack it first"},
    {"BZh91AY&SY", 10, "is compressed (bzip2): unpack it first"},
    {"\xFD"
     "7zXZ",
     5, "is compressed (xz): unpack it first"},
    {"7z\xBC\xAF", 4, "is an archive (7-Zip): unpack it first"},
    {"\x89PNG", 4, "is a picture (PNG)"},
    {"\xFF\xD8\xFF", 3, "is a picture (JPEG)"},
    {"GIF89a", 6, "is a picture (GIF)"},
    {"\x7F"
     "ELF",
     4, "is a program"},
    {"SQLite format 3", 15, "is an SQLite database: export the table as CSV"},
    {"{\\rtf", 5, "is a rich text document: save the list as CSV or .xlsx"},
};

/* What a file of text says it is, after blanks. */
static const struct {
	const char *begins;
	const char *is;
} texts[] = {
    {"<!doctype html",
     "is a web page, whatever its name says: open it in a spreadsheet and save it "
     "as .xlsx or CSV"},
    {"<html", "is a web page, whatever its name says: open it in a spreadsheet and save it as "
	      ".xlsx or CSV"},
    {"<?xml", "is XML: open it in a spreadsheet and save it as .xlsx or CSV"},
};

/* Of ZIP archives: what lies in them tells. */
static const struct {
	const char *member;
	const char *is;
} archives[] = {
    {"xl/workbook.bin", "is a binary Excel workbook (.xlsb): save it as .xlsx"},
    {"word/document.xml", "is a Word document: save its table as CSV or .xlsx"},
    {"ppt/presentation.xml", "is a presentation"},
    {"content.xml", "is an OpenDocument file (.ods): save it as .xlsx or CSV"},
    {"Index/Document.iwa", "is a Numbers document: export it as .xlsx or CSV"},
};

static bool
is_archive_of_sheets(int fd, struct err *e)
{
	zip_t *zip = workbook_archive(fd);
	const char *is = "is a ZIP archive that is no Excel workbook: unpack it first";
	bool found = zip != NULL && zip_name_locate(zip, "xl/workbook.xml", ZIP_FL_NOCASE) >= 0;

	for (size_t i = 0; zip != NULL && i < COUNT(archives); i++)
		if (zip_name_locate(zip, archives[i].member, 0) >= 0)
			is = archives[i].is;
	if (zip == NULL)
		is = "is a damaged ZIP archive or workbook: fetch or save it again";
	else
		zip_discard(zip);
	if (!found)
		err_set(e, REJ_MALFORMED, "", "it %s", is);
	return found;
}

bool
filekind_is_workbook(int fd, struct err *e)
{
	char head[64] = {0};
	ssize_t n = pread(fd, head, sizeof head - 1, 0);
	const char *text = head + (memcmp(head, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0);

	e->code = OK;
	if (n >= 4 && (memcmp(head, "PK\3\4", 4) == 0 || memcmp(head, "PK\5\6", 4) == 0))
		return is_archive_of_sheets(fd, e);
	for (size_t i = 0; i < COUNT(heads); i++)
		if (n >= (ssize_t)heads[i].n && memcmp(head, heads[i].head, heads[i].n) == 0)
			err_set(e, REJ_MALFORMED, "", "it %s", heads[i].is);
	text += strspn(text, " \t\r\n");
	for (size_t i = 0; i < COUNT(texts) && e->code == OK; i++)
		if (strncasecmp(text, texts[i].begins, strlen(texts[i].begins)) == 0)
			err_set(e, REJ_MALFORMED, "", "it %s", texts[i].is);
	return false;
}

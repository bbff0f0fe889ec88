/* SPDX-License-Identifier: MIT */
/*
 * replay.c -- a driver for the harnesses where there is no libFuzzer.
 *
 * usage: fuzz_NAME [FILE|DIRECTORY]...
 *
 * Feeds each file to the harness, from a block of its very length. Without
 * an argument the files of the harness's corpus, $SAHUT_DATA/../fuzz/corpus/NAME.
 */
#include <dirent.h>
#include <sys/stat.h>

#include "fuzz.h"

static int fed;

static void feed_file(const char *path)
{
	FILE *file = fopen(path, "re");
	uint8_t *data;
	struct stat st;

	MUST(file && fstat(fileno(file), &st) == 0);
	data = malloc((size_t)st.st_size + (st.st_size == 0));
	MUST(data && fread(data, 1, (size_t)st.st_size, file) == (size_t)st.st_size);
	fclose(file);
	(void)LLVMFuzzerTestOneInput(data, (size_t)st.st_size);
	free(data);
	fed++;
}

static void feed(const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;
	char inside[4096];

	if (!directory) {
		feed_file(path);
		return;
	}
	while ((entry = readdir(directory))) {
		if (entry->d_name[0] == '.')
			continue;
		if (snprintf(inside, sizeof(inside), "%s/%s", path, entry->d_name) <
		    (int)sizeof(inside))
			feed(inside);
	}
	closedir(directory);
}

int main(int argc, char **argv)
{
	const char *data = getenv("SAHUT_DATA"), *name = strstr(argv[0], "fuzz_");
	char corpus[4096];

	for (int i = 1; i < argc; i++)
		feed(argv[i]);
	if (argc == 1 && name) {
		snprintf(corpus, sizeof(corpus), "%s/../fuzz/corpus/%s", data ? data : "tests/data",
			 name + strlen("fuzz_"));
		feed(corpus);
	}
	printf("%s %d inputs\n", argv[0], fed);
	return fed > 0 ? 0 : 1;
}

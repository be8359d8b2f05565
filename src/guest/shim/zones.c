/*
 * The system's time zones, where the host's PHP has them as well (src/vm/time_zones.rs reads them).
 *
 * Source of the struct: php-src ext/date/lib/timelib.h. php_date_set_tzdb() is there for pecl/timezonedb, and takes a table whose
 * version is a later one than that of libphp's own. Here it is the host's choice that counts, so the version is the latest until
 * the table has been taken, and then what it is.
 *
 * ext/date forgets the table when it starts, but looks at date.timezone before. So the table is given twice: when PHP reads its
 * configuration, and when modules have started.
 */
#include "shim.h"

#include "ext/date/php_date.h"

const fz_time_zones *fz_zones_given;

void fz_zones_use(void)
{
	const fz_time_zones *zones = fz_zones_given;
	static timelib_tzdb_index_entry *index;
	static timelib_tzdb table;

	if (!zones || (!index && !(index = malloc(zones->count * sizeof *index)))) {
		return;
	}
	for (size_t i = 0; i < zones->count; i++) {
		index[i] = (timelib_tzdb_index_entry) { .id = (char *) zones->zones[i].name, .pos = zones->zones[i].position };
	}
	table = (timelib_tzdb) { .version = "9999.1", .index_size = (int) zones->count, .index = index, .data = zones->data };
	php_date_set_tzdb(&table);
	table.version = zones->version;
}

/* FfiZts\select(): waits for the first of several channels and futures. */
#include "shared.h"

/* Where the order of the answer begins, so that who takes only the first one is fair to all. Of this thread. */
static __thread uint32_t fz_turn;

/* The thing behind a value; false: thrown. A future whose outcome has been taken has no handle any more. */
static bool fz_source_of(zval *value, fz_source *source)
{
	ZVAL_DEREF(value);
	if (Z_TYPE_P(value) == IS_OBJECT) {
		source->kind = fz_shared_kind(Z_OBJCE_P(value));
		if (source->kind == FZ_REF_CHANNEL || source->kind == FZ_REF_FUTURE) {
			source->handle = fz_shared_handle(Z_OBJ_P(value));
			const bool taken = !source->handle && source->kind == FZ_REF_FUTURE;
			return fz_usable(taken ? fz_engine : source->handle); /* any handle does for one: a fork is against it all the same */
		}
	}
	zend_argument_type_error(1, "must contain only channels and futures, %s given", zend_zval_type_name(value));
	return false;
}

/* The keys of the sources that are ready. */
static void fz_keys(zval *keys, HashTable *sources, const uint8_t *ready, uint32_t count)
{
	uint32_t begin = fz_turn++ % count;

	array_init(keys);
	for (int round = 0; round < 2; round++) {
		uint32_t place = 0;
		zend_ulong index;
		zend_string *name;

		ZEND_HASH_FOREACH_KEY(sources, index, name) {
			if (ready[place] && (place >= begin) == (round == 0)) {
				if (name) {
					add_next_index_str(keys, zend_string_copy(name));
				} else {
					add_next_index_long(keys, (zend_long) index);
				}
			}
			place++;
		} ZEND_HASH_FOREACH_END();
	}
}

static ZEND_FUNCTION(fz_select)
{
	HashTable *sources;
	double timeout = 0;
	bool no_limit = true;
	uint32_t count, place = 0;
	fz_source *things;
	uint8_t *ready;
	fz_wait wait;
	zval *value;
	int outcome;

	ZEND_PARSE_PARAMETERS_START(1, 2)
		Z_PARAM_ARRAY_HT(sources)
		Z_PARAM_OPTIONAL
		Z_PARAM_DOUBLE_OR_NULL(timeout, no_limit)
	ZEND_PARSE_PARAMETERS_END();
	count = zend_hash_num_elements(sources);
	if (!fz_wait_for(&wait, timeout, no_limit)) {
		RETURN_THROWS();
	}
	if (count == 0) {
		zend_argument_value_error(1, "must not be empty");
		RETURN_THROWS();
	}
	/* Zend's heap: a bailout may leave it. The sources are the caller's array, which the call holds. */
	things = safe_emalloc(count, sizeof *things + 1, 0);
	ready = (uint8_t *) (things + count);
	ZEND_HASH_FOREACH_VAL(sources, value) {
		if (!fz_source_of(value, &things[place++])) {
			efree(things);
			RETURN_THROWS();
		}
	} ZEND_HASH_FOREACH_END();
	do {
		outcome = fz_engine->select(things, count, ready, &wait);
	} while (fz_wait_again(outcome));
	if (outcome == FZ_DONE) {
		fz_keys(return_value, sources, ready, count);
	} else if (outcome == FZ_TIMED_OUT) {
		RETVAL_EMPTY_ARRAY();
	} else {
		fz_wait_failed();
	}
	efree(things);
}

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(fz_arginfo_select, 0, 1, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO(0, sources, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeout, IS_DOUBLE, 1, "null")
ZEND_END_ARG_INFO()

static const zend_function_entry fz_functions[] = {
	ZEND_NS_NAMED_FE("FfiZts", select, ZEND_FN(fz_select), fz_arginfo_select)
	ZEND_FE_END
};

void fz_select_declare(void)
{
	zend_register_functions(NULL, fz_functions, NULL, MODULE_PERSISTENT);
}

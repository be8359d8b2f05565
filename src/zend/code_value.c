/* Constant values in images: strings, literals, arrays, and expressions that are evaluated at run time. */
#include "closures.h"

#include "zend_arena.h"
#include "zend_ast.h"

/* In place of the kind of a node: there is none. */
#define FZ_NO_AST UINT16_MAX

/* --- writing --- */

bool fz_code_refuse(fz_code_writer *w, const char *format, ...)
{
	zend_string *text;
	va_list arguments;

	va_start(arguments, format);
	text = zend_vstrpprintf(0, format, arguments);
	va_end(arguments);
	fz_encode_refuse(w->e, "the closure in %s:%u %s", ZSTR_VAL(w->code->filename), w->line, ZSTR_VAL(text));
	zend_string_release(text);
	return false;
}

void fz_code_put_string(fz_code_writer *w, const zend_string *string)
{
	if (!string) {
		fz_code_put_u32(w, UINT32_MAX);
		return;
	}
	fz_code_put_u32(w, (uint32_t) ZSTR_LEN(string));
	fz_code_put(w, ZSTR_VAL(string), ZSTR_LEN(string));
}

static bool fz_put_array(fz_code_writer *w, const HashTable *array)
{
	zend_ulong index;
	zend_string *key;
	zval *value;

	fz_code_put_u32(w, zend_hash_num_elements(array));
	fz_code_put_u8(w, HT_IS_PACKED(array) != 0);
	fz_code_put(w, &array->nNextFreeElement, sizeof array->nNextFreeElement);
	ZEND_HASH_FOREACH_KEY_VAL((HashTable *) array, index, key, value) {
		fz_code_put_string(w, key);
		if (!key) {
			fz_code_put(w, &index, sizeof index);
		}
		if (!fz_code_put_value(w, value)) {
			return false;
		}
	} ZEND_HASH_FOREACH_END();
	return true;
}

static bool fz_put_ast(fz_code_writer *w, zend_ast *ast)
{
	zend_ast **children;
	uint32_t count;

	if (!ast) {
		fz_code_put(w, &(zend_ast_kind) { FZ_NO_AST }, sizeof ast->kind);
		return true;
	}
	fz_code_put(w, &ast->kind, sizeof ast->kind);
	fz_code_put(w, &ast->attr, sizeof ast->attr);
	if (ast->kind == ZEND_AST_ZVAL || ast->kind == ZEND_AST_CONSTANT) {
		zval *value = &((zend_ast_zval *) ast)->val;

		fz_code_put_u32(w, PHP_VERSION_ID >= 80400 ? Z_LINENO_P(value) : 0); /* before, copies of trees lost it */
		return fz_code_put_value(w, value) && fz_code_put_node_use(w, ast);
	}
	fz_code_put_u32(w, ast->lineno);
#if PHP_VERSION_ID >= 80600
	if (ast->kind == ZEND_AST_CALLABLE_CONVERT) {
		const zend_ast_fcc *node = (const zend_ast_fcc *) ast;

		fz_code_put_string(w, node->filename);
		fz_code_put_string(w, node->name);
		return fz_put_ast(w, node->args);
	}
#endif
	if (zend_ast_is_list(ast)) {
		count = zend_ast_get_list(ast)->children;
		children = zend_ast_get_list(ast)->child;
		fz_code_put_u32(w, count);
	} else if (zend_ast_is_special(ast)) {
		return fz_code_refuse(w, "has a closure or a declaration inside of a constant expression, which cannot cross");
	} else {
		count = zend_ast_get_num_children(ast);
		children = ast->child;
	}
	for (uint32_t i = 0; i < count; i++) {
		if (!fz_put_ast(w, children[i])) {
			return false;
		}
	}
	return fz_code_put_node_use(w, ast);
}

static bool fz_put_value(fz_code_writer *w, const zval *value)
{
	fz_code_put_u8(w, Z_TYPE_P(value));
	switch (Z_TYPE_P(value)) {
		case IS_UNDEF:
		case IS_NULL:
		case IS_FALSE:
		case IS_TRUE:
			return true;
		case IS_LONG:
			fz_code_put(w, &Z_LVAL_P(value), sizeof Z_LVAL_P(value));
			return true;
		case IS_DOUBLE:
			fz_code_put(w, &Z_DVAL_P(value), sizeof Z_DVAL_P(value));
			return true;
		case IS_STRING:
			if (Z_STRLEN_P(value) >= UINT32_MAX) {
				return fz_code_refuse(w, "has a constant string of 4 GiB or more");
			}
			fz_code_put_string(w, Z_STR_P(value));
			return true;
		case IS_ARRAY:
			return fz_put_array(w, Z_ARRVAL_P(value));
		case IS_CONSTANT_AST:
			return fz_put_ast(w, Z_ASTVAL_P(value));
		default:
			return fz_code_refuse(w, "has a constant of the type %s, which cannot cross", zend_zval_type_name(value));
	}
}

bool fz_code_put_value(fz_code_writer *w, const zval *value)
{
	bool ok;

	if (w->depth == FZ_MAX_DEPTH) {
		return fz_code_refuse(w, "has constants that are nested deeper than %d", FZ_MAX_DEPTH);
	}
	w->depth++;
	ok = fz_put_value(w, value);
	w->depth--;
	return ok;
}

/* --- reading --- */

bool fz_code_get_string(fz_code_reader *r, zend_string **string)
{
	uint32_t len;

	*string = NULL;
	if (!fz_code_get_u32(r, &len)) {
		return false;
	}
	if (len == UINT32_MAX) {
		return true;
	}
	if (len > fz_code_left(r)) {
		return fz_code_broken(r);
	}
	*string = zend_string_init_fast(r->at, len);
	zend_string_hash_val(*string);
	if (len <= FZ_INTERN_UP_TO) {
		*string = zend_new_interned_string(*string);
	}
	r->at += len;
	return true;
}

static bool fz_get_element(fz_code_reader *r, HashTable *array)
{
	zend_string *key;
	zend_ulong index = 0;
	zval value;
	bool added;

	if (!fz_code_get_string(r, &key)) {
		return false;
	}
	if ((!key && !fz_code_get(r, &index, sizeof index)) || !fz_code_get_value(r, &value)) {
		if (key) {
			zend_string_release(key);
		}
		return false;
	}
	if (key) {
		added = zend_hash_add(array, key, &value) != NULL;
		zend_string_release(key);
	} else {
		added = zend_hash_index_add(array, index, &value) != NULL;
	}
	if (!added) {
		zval_ptr_dtor_nogc(&value);
		return fz_code_broken(r);
	}
	return true;
}

static bool fz_get_array(fz_code_reader *r, zval *value)
{
	uint32_t count;
	uint8_t packed;
	zend_long next;
	HashTable *array;

	if (!fz_code_get_count(r, &count, 5) || !fz_code_get_u8(r, &packed) || !fz_code_get(r, &next, sizeof next)) {
		return false;
	}
	array = zend_new_array(count);
	if (packed) {
		zend_hash_real_init_packed(array);
	} else {
		zend_hash_real_init_mixed(array);
	}
	ZVAL_ARR(value, array);
	while (count--) {
		if (!fz_get_element(r, array)) {
			zend_array_destroy(array);
			ZVAL_UNDEF(value);
			return false;
		}
	}
	/* Never below what the keys ask for: appending relies on that. */
	array->nNextFreeElement = MAX(next, array->nNextFreeElement);
	return true;
}

/* A node that uses what is not here is a value instead. */
static bool fz_get_node_use(fz_code_reader *r, zend_arena **arena, zend_ast **place)
{
	zend_ast_zval *node;
	zval value;

	if (!fz_code_get_node_use(r, *place, &value)) {
		return false;
	}
	if (!Z_ISUNDEF(value)) {
		node = zend_arena_calloc(arena, 1, sizeof *node);
		node->kind = ZEND_AST_ZVAL;
		ZVAL_COPY_VALUE(&node->val, &value);
		Z_LINENO(node->val) = zend_ast_get_lineno(*place);
		zend_ast_destroy(*place);
		*place = (zend_ast *) node;
	}
	return true;
}

static bool fz_get_ast(fz_code_reader *r, zend_arena **arena, zend_ast **place);

#if PHP_VERSION_ID >= 80500
/* `f(...)` in a constant expression. The function that it finds is remembered in a place of this thread's request. */
static bool fz_get_callable(fz_code_reader *r, zend_arena **arena, zend_ast **place, zend_ast_attr attr, uint32_t line)
{
	zend_ast_fcc *node = zend_arena_calloc(arena, 1, sizeof *node);

	node->kind = ZEND_AST_CALLABLE_CONVERT;
	node->attr = attr;
	node->lineno = line;
	ZEND_MAP_PTR_NEW(node->fptr);
	*place = (zend_ast *) node;
#if PHP_VERSION_ID >= 80600
	if (r->depth >= FZ_MAX_DEPTH || !fz_code_get_string(r, &node->filename) || !fz_code_get_string(r, &node->name)) {
		return fz_code_broken(r);
	}
	r->depth++;
	if (!fz_get_ast(r, arena, &node->args)) {
		return false;
	}
	r->depth--;
#endif
	return true;
}
#endif

/* Builds nodes in `arena`; what is complete hangs in *place after a failure too, so that the whole can be destroyed. */
static bool fz_get_ast(fz_code_reader *r, zend_arena **arena, zend_ast **place)
{
	zend_ast_kind kind;
	zend_ast_attr attr;
	uint32_t line, count;
	zend_ast **children, *ast;

	*place = NULL;
	if (!fz_code_get(r, &kind, sizeof kind)) {
		return false;
	}
	if (kind == FZ_NO_AST) {
		return true;
	}
	if (!fz_code_get(r, &attr, sizeof attr) || !fz_code_get_u32(r, &line)) {
		return false;
	}
	if (kind == ZEND_AST_ZVAL || kind == ZEND_AST_CONSTANT) {
		zend_ast_zval *node = zend_arena_calloc(arena, 1, sizeof *node);

		node->kind = kind;
		node->attr = attr;
		if (!fz_code_get_value(r, &node->val)) {
			return false;
		}
		if (kind == ZEND_AST_CONSTANT && Z_TYPE(node->val) != IS_STRING) {
			zval_ptr_dtor_nogc(&node->val);
			return fz_code_broken(r);
		}
		Z_LINENO(node->val) = line;
		*place = (zend_ast *) node;
		return fz_get_node_use(r, arena, place);
	}
#if PHP_VERSION_ID >= 80500
	if (kind == ZEND_AST_CALLABLE_CONVERT) {
		return fz_get_callable(r, arena, place, attr, line);
	}
#endif
	/* A kind says one thing only: a list, or its number of children. */
	if ((kind >> ZEND_AST_SPECIAL_SHIFT) & 1 || (kind >= ZEND_AST_VAR && (kind >> ZEND_AST_IS_LIST_SHIFT) & 1)) {
		return fz_code_broken(r);
	}
	if ((kind >> ZEND_AST_IS_LIST_SHIFT) & 1) {
		zend_ast_list *list;

		if (!fz_code_get_count(r, &count, sizeof kind)) {
			return false;
		}
		list = zend_arena_calloc(arena, 1, sizeof *list + count * sizeof(zend_ast *));
		list->children = count;
		children = list->child;
		ast = (zend_ast *) list;
	} else {
		count = kind >> ZEND_AST_NUM_CHILDREN_SHIFT;
		ast = zend_arena_calloc(arena, 1, sizeof *ast + count * sizeof(zend_ast *));
		children = ast->child;
	}
	ast->kind = kind;
	ast->attr = attr;
	ast->lineno = line;
	*place = ast;
	if (r->depth >= FZ_MAX_DEPTH) {
		return fz_code_broken(r);
	}
	r->depth++;
	for (uint32_t i = 0; i < count; i++) {
		if (!fz_get_ast(r, arena, &children[i])) {
			return false;
		}
	}
	r->depth--;
	return fz_get_node_use(r, arena, place);
}

static bool fz_get_constant(fz_code_reader *r, zval *value)
{
	zend_arena *arena = zend_arena_create(4096);
	zend_ast *ast;
	bool ok = fz_get_ast(r, &arena, &ast) && (ast || fz_code_broken(r));

	if (ok) {
		ZVAL_AST(value, zend_ast_copy(ast)); /* one block, as Zend frees it */
	}
	zend_ast_destroy(ast);
	zend_arena_destroy(arena);
	return ok;
}

bool fz_code_get_value(fz_code_reader *r, zval *value)
{
	zend_string *string;
	uint8_t type;
	bool ok;

	ZVAL_UNDEF(value);
	if (!fz_code_get_u8(r, &type)) {
		return false;
	}
	switch (type) {
		case IS_UNDEF:
			return true;
		case IS_NULL:
		case IS_FALSE:
		case IS_TRUE:
			Z_TYPE_INFO_P(value) = type;
			return true;
		case IS_LONG:
			Z_TYPE_INFO_P(value) = IS_LONG;
			return fz_code_get(r, &Z_LVAL_P(value), sizeof Z_LVAL_P(value));
		case IS_DOUBLE:
			Z_TYPE_INFO_P(value) = IS_DOUBLE;
			return fz_code_get(r, &Z_DVAL_P(value), sizeof Z_DVAL_P(value));
		case IS_STRING:
			if (!fz_code_get_string(r, &string)) {
				return false;
			}
			if (!string) {
				return fz_code_broken(r);
			}
			ZVAL_STR(value, string);
			return true;
		case IS_ARRAY:
		case IS_CONSTANT_AST:
			if (r->depth >= FZ_MAX_DEPTH) {
				return fz_code_broken(r);
			}
			r->depth++;
			ok = type == IS_ARRAY ? fz_get_array(r, value) : fz_get_constant(r, value);
			r->depth--;
			return ok;
		default:
			return fz_code_broken(r);
	}
}

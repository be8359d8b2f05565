/*
 * Constants in images. Code looks them up where it runs: a constant of PHP's or of an extension's is that of the PHP there. What PHP
 * code has defined, with define(), `const` or in a class, need not be there; where it is not, it has the value that it had where the
 * closure comes from, which is in the image behind whatever uses it (u8 1 and the value; u8 0: there is none).
 *
 * The same functions say on both sides which uses these are: opcodes by their kinds of operands, and nodes of expressions.
 */
#include "closures.h"

#include "zend_ast.h"
#include "zend_constants.h"

/* --- what there is here --- */

/* As the VM looks it up (php-src Zend/zend_constants.c, zend_get_constant_impl). */
static const zend_constant *fz_find_constant(const zend_string *name, bool unqualified_too)
{
	const char *last = zend_memrchr(ZSTR_VAL(name), '\\', ZSTR_LEN(name));
	const zend_constant *constant;
	zend_string *key;

	if (!last) {
		return zend_hash_find_ptr(EG(zend_constants), (zend_string *) name);
	}
	key = zend_string_init(ZSTR_VAL(name), ZSTR_LEN(name), 0);
	zend_str_tolower(ZSTR_VAL(key), (size_t) (last - ZSTR_VAL(name)));
	constant = zend_hash_find_ptr(EG(zend_constants), key);
	zend_string_release(key);
	if (!constant && unqualified_too) {
		last++;
		constant = zend_hash_str_find_ptr(EG(zend_constants), last, ZSTR_LEN(name) - (size_t) (last - ZSTR_VAL(name)));
	}
	return constant;
}

/* A class that is there already: nothing is loaded for a look. */
static zend_class_entry *fz_find_class(const zend_string *name)
{
	zend_string *key;
	zend_class_entry *ce;

	if (ZSTR_LEN(name) && ZSTR_VAL(name)[0] == '\\') {
		return NULL;
	}
	key = zend_string_tolower((zend_string *) name);
	ce = zend_hash_find_ptr(EG(class_table), key);
	zend_string_release(key);
	return ce;
}

/* Nothing that is computed. No class is called self, static or parent. */
static bool fz_names_class_constant(const zend_ast *node)
{
	const zend_ast *class_name = node->child[0], *name = node->child[1];

	return class_name && name && class_name->kind == ZEND_AST_ZVAL && name->kind == ZEND_AST_ZVAL
		&& Z_TYPE_P(zend_ast_get_zval((zend_ast *) class_name)) == IS_STRING && Z_TYPE_P(zend_ast_get_zval((zend_ast *) name)) == IS_STRING;
}

/* --- writing --- */

/* Scalars, and arrays of them: what is the same everywhere. */
static bool fz_is_plain(const zval *value, uint32_t depth)
{
	zval *element;

	if (Z_TYPE_P(value) != IS_ARRAY) {
		return Z_TYPE_P(value) <= IS_STRING;
	}
	if (depth == FZ_PLAIN_DEPTH) {
		return false;
	}
	ZEND_HASH_FOREACH_VAL(Z_ARR_P((zval *) value), element) {
		if (!fz_is_plain(element, depth + 1)) {
			return false;
		}
	} ZEND_HASH_FOREACH_END();
	return true;
}

/* A value that PHP code has given a constant, or NULL. */
static const zval *fz_defined_value(const zend_string *name, bool unqualified_too)
{
	const zend_constant *constant = fz_find_constant(name, unqualified_too);

	return constant && ZEND_CONSTANT_MODULE_NUMBER(constant) == PHP_USER_CONSTANT ? &constant->value : NULL;
}

static const zval *fz_class_value(const zend_string *class_name, const zend_string *name)
{
	const zend_class_entry *ce = fz_find_class(class_name);
	const zend_class_constant *constant;

	if (!ce || ce->type != ZEND_USER_CLASS || (ce->ce_flags & ZEND_ACC_TRAIT)) {
		return NULL;
	}
	constant = zend_hash_find_ptr(CE_CONSTANTS_TABLE((zend_class_entry *) ce), (zend_string *) name);
	return constant && (ZEND_CLASS_CONST_FLAGS(constant) & ZEND_ACC_PPP_MASK) == ZEND_ACC_PUBLIC ? &constant->value : NULL;
}

static bool fz_put_substitute(fz_code_writer *w, const zval *value)
{
	if (!value || !fz_is_plain(value, 0)) {
		fz_code_put_u8(w, 0);
		return true;
	}
	fz_code_put_u8(w, 1);
	return fz_code_put_value(w, value);
}

fz_constant_use fz_constant_use_of(const zend_op *op)
{
	switch (op->opcode) {
		case ZEND_FETCH_CONSTANT:
			return op->op2_type == IS_CONST ? FZ_USES_CONSTANT : FZ_USES_NONE;
		case ZEND_DEFINED:
			return op->op1_type == IS_CONST ? FZ_ASKS_FOR_CONSTANT : FZ_USES_NONE;
		case ZEND_FETCH_CLASS_CONSTANT:
			return op->op1_type == IS_CONST && op->op2_type == IS_CONST ? FZ_USES_CLASS_CONSTANT : FZ_USES_NONE;
		default:
			return FZ_USES_NONE;
	}
}

static const zend_string *fz_name_of(const zval *literal)
{
	return Z_TYPE_P(literal) == IS_STRING ? Z_STR_P(literal) : NULL;
}

/* The value that PHP code has given what the opcode uses, in `room` if need be; or NULL. */
static const zval *fz_value_used(const zend_op *op, zval *room)
{
	const zend_string *name, *class_name;

	switch (fz_constant_use_of(op)) {
		case FZ_USES_CONSTANT:
			name = fz_name_of(RT_CONSTANT(op, op->op2));
			return name ? fz_defined_value(name, (op->op1.num & IS_CONSTANT_UNQUALIFIED_IN_NAMESPACE) != 0) : NULL;
		case FZ_ASKS_FOR_CONSTANT:
			name = fz_name_of(RT_CONSTANT(op, op->op1));
			ZVAL_TRUE(room);
			return name && fz_defined_value(name, false) ? room : NULL;
		case FZ_USES_CLASS_CONSTANT:
			class_name = fz_name_of(RT_CONSTANT(op, op->op1));
			name = fz_name_of(RT_CONSTANT(op, op->op2));
			return class_name && name ? fz_class_value(class_name, name) : NULL;
		default:
			return NULL;
	}
}

bool fz_code_put_constant_use(fz_code_writer *w, const zend_op *op)
{
	zval room;

	return fz_constant_use_of(op) == FZ_USES_NONE || fz_put_substitute(w, fz_value_used(op, &room));
}

bool fz_code_put_node_use(fz_code_writer *w, zend_ast *node)
{
	switch (node->kind) {
		case ZEND_AST_CONSTANT:
			return fz_put_substitute(w,
				fz_defined_value(zend_ast_get_constant_name(node), (node->attr & IS_CONSTANT_UNQUALIFIED_IN_NAMESPACE) != 0));
		case ZEND_AST_CLASS_CONST:
			return fz_put_substitute(w, fz_names_class_constant(node)
				? fz_class_value(zend_ast_get_str(node->child[0]), zend_ast_get_str(node->child[1])) : NULL);
		default:
			return true;
	}
}

/* --- reading --- */

/* Reads a value that may be there; undefined: it is not. */
static bool fz_get_substitute(fz_code_reader *r, zval *value)
{
	uint8_t there;

	ZVAL_UNDEF(value);
	return fz_code_get_u8(r, &there) && (!there || fz_code_get_value(r, value));
}

/* Whether this side has what the opcode uses. Its constants are still indexes. */
static bool fz_has_used(const zend_op *op, const zval *literals)
{
	const zend_string *name;

	switch (fz_constant_use_of(op)) {
		case FZ_USES_CONSTANT:
			name = fz_name_of(&literals[op->op2.constant]);
			return !name || fz_find_constant(name, (op->op1.num & IS_CONSTANT_UNQUALIFIED_IN_NAMESPACE) != 0);
		case FZ_ASKS_FOR_CONSTANT:
			name = fz_name_of(&literals[op->op1.constant]);
			return !name || fz_find_constant(name, false);
		case FZ_USES_CLASS_CONSTANT:
			name = fz_name_of(&literals[op->op1.constant]);
			return !name || fz_find_class(name);
		default:
			return true;
	}
}

bool fz_code_get_constant_use(fz_code_reader *r, zend_op *op, zend_op_array *code, uint32_t *room)
{
	zval value;

	if (fz_constant_use_of(op) == FZ_USES_NONE) {
		return true;
	}
	if (!fz_get_substitute(r, &value)) {
		return false;
	}
	if (Z_ISUNDEF(value)) {
		return true;
	}
	if (!*room) {
		zval_ptr_dtor_nogc(&value);
		return fz_code_broken(r);
	}
	--*room;
	if (fz_has_used(op, code->literals)) {
		zval_ptr_dtor_nogc(&value);
		return true;
	}
	Z_EXTRA(value) = 0;
	ZVAL_COPY_VALUE(&code->literals[code->last_literal], &value);
	op->opcode = ZEND_QM_ASSIGN;
	op->op1_type = IS_CONST;
	op->op1.constant = (uint32_t) code->last_literal++;
	op->op2_type = IS_UNUSED;
	op->op2.num = 0;
	op->result_type &= (zend_uchar) ~(IS_SMART_BRANCH_JMPZ | IS_SMART_BRANCH_JMPNZ);
	op->extended_value = 0;
	return true;
}

uint32_t fz_code_count_substitutes(const zend_op_array *code)
{
	uint32_t count = 0;
	zval room;

	for (const zend_op *op = code->opcodes, *end = op + code->last; op < end; op++) {
		const zval *value = fz_value_used(op, &room);

		count += value && fz_is_plain(value, 0);
	}
	return count;
}

bool fz_code_get_node_use(fz_code_reader *r, zend_ast *node, zval *value)
{
	bool here = true;

	ZVAL_UNDEF(value);
	if (node->kind == ZEND_AST_CONSTANT) {
		here = fz_find_constant(zend_ast_get_constant_name(node), (node->attr & IS_CONSTANT_UNQUALIFIED_IN_NAMESPACE) != 0);
	} else if (node->kind == ZEND_AST_CLASS_CONST) {
		here = !fz_names_class_constant(node) || fz_find_class(zend_ast_get_str(node->child[0]));
	} else {
		return true;
	}
	if (!fz_get_substitute(r, value)) {
		return false;
	}
	if (here) {
		zval_ptr_dtor_nogc(value);
		ZVAL_UNDEF(value);
	}
	return true;
}

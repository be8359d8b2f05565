<?php

declare(strict_types=1);

namespace FfiZts\Docs;

/**
 * The API reference, made of reflection over the stubs: one page a class, one for the functions, one for the exceptions, and their index.
 *
 * The stubs must have been included, in a PHP without the extension: reflection over an extension has no doc comments.
 */
final class ApiPages
{
    private const NOTE = "<!-- Generated from stubs/ffi_zts.php by scripts/docs/generate-api.php: change the stubs, then run `make docs`. -->\n\n";

    /** @return array<string, string> file name => Markdown */
    public static function all(): array
    {
        $pages = [];
        $rows = $exceptions = [];
        foreach ([...get_declared_classes(), ...get_declared_interfaces()] as $name) {
            if (preg_match('~^FfiZts($|\\\\(?!Docs\\\\))~', $name) !== 1) {
                continue;
            }
            $class = new \ReflectionClass($name);
            if ($class->implementsInterface(\Throwable::class)) {
                $exceptions[$name] = $class;
                continue;
            }
            $file = self::file($name);
            $pages[$file] = self::NOTE . self::classPage($class);
            $rows[$name] = "| [`$name`]($file) | " . self::firstSentence($class->getDocComment()) . " |\n";
        }
        ksort($rows);
        ksort($exceptions);
        $functions = preg_grep('~^ffizts\\\\\w+$~', get_defined_functions()['user']);
        sort($functions);
        $functions = array_map(static fn (string $name): \ReflectionFunction => new \ReflectionFunction($name), $functions);
        $pages['functions.md'] = self::NOTE . "# Functions\n" . implode('', array_map(self::callable(...), $functions));
        $pages['exceptions.md'] = self::NOTE . self::exceptions($exceptions);
        foreach ($functions as $function) {
            $anchor = self::anchor($function->getName() . '()');
            $name = $function->getName();
            $rows[$name] = "| [`$name()`](functions.md#$anchor) | " . self::firstSentence($function->getDocComment()) . " |\n";
        }
        $rows['exceptions'] = "| [Exceptions](exceptions.md) | What is thrown, and when. |\n";
        $pages['index.md'] = self::NOTE . "# API reference\n\nEvery class and function that the extension defines, on the host and in the guest."
            . " For editors the same is in `stubs/ffi_zts.php`.\n\n| | |\n| --- | --- |\n" . implode('', $rows);
        ksort($pages);
        return $pages;
    }

    /** The anchor that GitHub, and the site, give a heading. */
    public static function anchor(string $heading): string
    {
        $heading = (string) preg_replace('~[^\p{L}\p{N}_ -]~u', '', strtolower($heading));
        return str_replace(' ', '-', trim($heading));
    }

    /** @param \ReflectionClass<object> $class */
    private static function classPage(\ReflectionClass $class): string
    {
        $page = "# {$class->getName()}\n\n" . DocComment::parse($class->getDocComment())->text . "\n";
        $interfaces = array_diff($class->getInterfaceNames(), [\Traversable::class]);
        if ($interfaces !== []) {
            sort($interfaces);
            $page .= "\nIt implements " . self::listed(array_map(self::code(...), $interfaces)) . ".\n";
        }
        $facts = [];
        foreach ($class->getReflectionConstants(\ReflectionClassConstant::IS_PUBLIC) as $constant) {
            $value = var_export($constant->getValue(), true);
            $facts[] = "- `{$constant->getName()}` = `$value`: " . DocComment::parse($constant->getDocComment())->text . "\n";
        }
        foreach ($class->getProperties(\ReflectionProperty::IS_PUBLIC) as $property) {
            $facts[] = "- `{$property->getType()} \${$property->getName()}`: " . DocComment::parse($property->getDocComment())->text . "\n";
        }
        if ($facts !== []) {
            $page .= "\n" . implode('', $facts);
        }
        foreach ($class->getMethods(\ReflectionMethod::IS_PUBLIC) as $method) {
            $page .= self::callable($method);
        }
        return $page;
    }

    private static function callable(\ReflectionFunctionAbstract $callable): string
    {
        $method = $callable instanceof \ReflectionMethod;
        $comment = DocComment::parse($callable->getDocComment());
        $name = $method ? $callable->getShortName() : $callable->getName();
        $page = "\n## $name()\n\n```php\n" . self::signature($callable, $name) . "\n```\n";
        if ($comment->text !== '') {
            $page .= "\n$comment->text\n";
        }
        $lines = [];
        foreach ($comment->parameters as $parameter => $described) {
            $lines[] = "- `\$$parameter` (" . self::code($described['type']) . ')' . self::colon($described['text']) . "\n";
        }
        if ($comment->return !== null) {
            $lines[] = '- returns ' . self::code($comment->return['type']) . self::colon($comment->return['text']) . "\n";
        }
        foreach ($comment->throws as $throws) {
            $type = ltrim($throws['type'], '\\');
            $short = preg_replace('~^FfiZts\\\\~', '', $type);
            $known = class_exists("FfiZts\\$short");
            $lines[] = '- throws ' . ($known ? "[`$short`](exceptions.md#" . self::anchor("FfiZts\\$short") . ')' : self::code($type))
                . self::colon($throws['text']) . "\n";
        }
        return $page . ($lines === [] ? '' : "\n" . implode('', $lines));
    }

    private static function signature(\ReflectionFunctionAbstract $callable, string $name): string
    {
        $parameters = [];
        foreach ($callable->getParameters() as $parameter) {
            $default = $parameter->isDefaultValueAvailable() ? ' = ' . self::default($parameter) : '';
            $type = $parameter->getType() === null ? '' : self::short((string) $parameter->getType()) . ' ';
            $parameters[] = $type . ($parameter->isVariadic() ? '...' : '') . "\${$parameter->getName()}$default";
        }
        $static = $callable instanceof \ReflectionMethod && $callable->isStatic() ? 'static ' : '';
        $return = $callable->getReturnType() === null ? '' : ': ' . self::short((string) $callable->getReturnType());
        $line = "{$static}function $name(" . implode(', ', $parameters) . ")$return";
        return strlen($line) <= 120 ? $line : "{$static}function $name(\n    " . implode(",\n    ", $parameters) . ",\n)$return";
    }

    private static function default(\ReflectionParameter $parameter): string
    {
        if ($parameter->isDefaultValueConstant()) {
            return (string) preg_replace('~^.*\\\\~', '', (string) $parameter->getDefaultValueConstantName());
        }
        $value = $parameter->getDefaultValue();
        return match (true) {
            $value === null => 'null',
            $value === [] => '[]',
            default => var_export($value, true),
        };
    }

    /** @param array<string, \ReflectionClass<\Throwable>> $classes */
    private static function exceptions(array $classes): string
    {
        $page = "# Exceptions\n\nAll implement `FfiZts\\Exception`: `catch (FfiZts\\Exception)` catches what this extension throws,"
            . " and nothing of your own code's."
            . " What a task or script throws itself arrives as its own class.\n";
        $common = array_column((new \ReflectionClass('FfiZts\Exception'))->getMethods(), 'name');
        foreach ($classes as $name => $class) {
            $parent = $class->getParentClass();
            $extends = $parent ? "Extends `{$parent->getName()}`. " : '';
            $page .= "\n## $name\n\n$extends" . DocComment::parse($class->getDocComment())->text . "\n";
            foreach ($class->getMethods(\ReflectionMethod::IS_PUBLIC) as $method) {
                $own = $method->getDeclaringClass()->getName() === $name && ($class->isInterface() || !in_array($method->getName(), $common, true));
                if ($own) {
                    $comment = DocComment::parse($method->getDocComment());
                    $text = $comment->text !== '' ? $comment->text : (string) ($comment->return['text'] ?? '');
                    $page .= "\n- `{$method->getName()}(): " . self::short((string) $method->getReturnType()) . "`: $text\n";
                }
            }
        }
        return $page;
    }

    private static function file(string $class): string
    {
        return strtolower((string) preg_replace('~^.*\\\\~', '', $class)) . '.md';
    }

    private static function firstSentence(string|false $comment): string
    {
        $text = DocComment::parse($comment)->text;
        return preg_match('~^(.*?[.])(?:\s|$)~s', $text, $found) === 1 ? self::row($found[1]) : self::row($text);
    }

    private static function row(string $text): string
    {
        return strtr($text, ['|' => '\|', "\n" => ' ']);
    }

    private static function short(string $type): string
    {
        return (string) preg_replace('~\bFfiZts\\\\(?=\w)~', '', $type);
    }

    private static function colon(string $text): string
    {
        return $text === '' ? '' : ": $text";
    }

    private static function code(string $text): string
    {
        return "`$text`";
    }

    /** @param list<string> $words */
    private static function listed(array $words): string
    {
        $last = array_pop($words);
        return $words === [] ? (string) $last : implode(', ', $words) . " and $last";
    }
}

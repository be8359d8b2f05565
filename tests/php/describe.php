<?php

/*
 * Prints the classes of ffi_zts, one line for each class, method, parameter, property and constant, sorted.
 * With an argument, that file is included first; else the classes are those of the loaded extension.
 * FfiZts\Internal is nobody's business.
 */

declare(strict_types=1);

if (isset($argv[1])) {
    require $argv[1];
}

$type = static fn (?ReflectionType $type): string => $type === null ? 'none' : (string) $type;
$lines = [];
foreach ([...get_declared_classes(), ...get_declared_interfaces()] as $name) {
    if (preg_match('/^FfiZts($|\\\\(?!Internal\\\\|Command\\\\|Install\\\\))/', $name) !== 1) {
        continue;
    }
    $class = new ReflectionClass($name);
    $kind = match (true) {
        $class->isInterface() => 'interface',
        $class->isFinal() => 'final class',
        default => 'class',
    };
    $interfaces = array_diff($class->getInterfaceNames(), [Stringable::class, Throwable::class]);
    sort($interfaces);
    $parent = $class->getParentClass() ? $class->getParentClass()->getName() : 'nothing';
    $lines[] = "$name: $kind, extends $parent, implements " . implode(' ', $interfaces);
    foreach ($class->getMethods(ReflectionMethod::IS_PUBLIC) as $method) {
        // A private or missing constructor is the same to a user: there is no `new`.
        if ($method->getDeclaringClass()->getName() !== $name || $method->isConstructor()) {
            continue;
        }
        $parameters = [];
        foreach ($method->getParameters() as $parameter) {
            $default = $parameter->isDefaultValueAvailable() ? ' = ' . json_encode($parameter->getDefaultValue()) : '';
            $parameters[] = $type($parameter->getType()) . ($parameter->isVariadic() ? ' ...' : ' ') . '$'
                . $parameter->getName() . ($parameter->isOptional() ? $default : '');
        }
        $lines[] = "$name::{$method->getName()}" . ($method->isStatic() ? ' static' : '') . ' ('
            . implode(', ', $parameters) . '): ' . $type($method->getReturnType());
    }
    foreach ($class->getProperties(ReflectionProperty::IS_PUBLIC) as $property) {
        if ($property->getDeclaringClass()->getName() === $name) {
            $lines[] = "$name::\${$property->getName()} " . ($property->isReadOnly() ? 'readonly ' : '') . $type($property->getType());
        }
    }
    foreach ($class->getReflectionConstants(ReflectionClassConstant::IS_PUBLIC) as $constant) {
        $lines[] = "$name::{$constant->getName()} = " . json_encode($constant->getValue());
    }
}
sort($lines);
echo implode("\n", $lines), "\n";

<?php

/*
 * Prints the classes and functions of ffi_zts as JSON: name of a class, function, method, parameter, property or constant => what it is.
 * With an argument, that file is included first; else the classes are those of the loaded extension.
 * FfiZts\Internal is nobody's business.
 */

declare(strict_types=1);

if (isset($argv[1])) {
    require $argv[1];
}

$type = static fn (?ReflectionType $type): string => $type === null ? 'mixed' : (string) $type;
$facts = [];
$parameters = static function (string $name, ReflectionFunctionAbstract $function) use (&$facts, $type): void {
    foreach ($function->getParameters() as $parameter) {
        $facts["$name(\${$parameter->getName()})"] = [
            'position' => $parameter->getPosition(),
            'type' => $type($parameter->getType()),
            'variadic' => $parameter->isVariadic(),
            'default' => $parameter->isDefaultValueAvailable() ? var_export($parameter->getDefaultValue(), true) : null,
        ];
    }
};
foreach (array_merge(...array_values(get_defined_functions())) as $name) {
    if (str_starts_with($name, 'ffizts\\')) {
        $function = new ReflectionFunction($name);
        $facts["$name()"] = ['type' => $type($function->getReturnType())];
        $parameters($name, $function);
    }
}
foreach ([...get_declared_classes(), ...get_declared_interfaces()] as $name) {
    if (preg_match('/^FfiZts($|\\\\(?!Internal\\\\))/', $name) !== 1) {
        continue;
    }
    $class = new ReflectionClass($name);
    $interfaces = array_diff($class->getInterfaceNames(), [Stringable::class, Throwable::class]);
    sort($interfaces);
    $facts[$name] = [
        'kind' => $class->isInterface() ? 'interface' : 'class',
        'final' => $class->isFinal(),
        'parent' => $class->getParentClass() ? $class->getParentClass()->getName() : null,
        'interfaces' => $interfaces,
    ];
    foreach ($class->getMethods(ReflectionMethod::IS_PUBLIC) as $method) {
        // A private or missing constructor is the same to a user: there is no `new`.
        if ($method->getDeclaringClass()->getName() !== $name || $method->isConstructor()) {
            continue;
        }
        $facts["$name::{$method->getName()}()"] = [
            'static' => $method->isStatic(),
            'type' => $type($method->getReturnType()),
        ];
        $parameters("$name::{$method->getName()}", $method);
    }
    foreach ($class->getProperties(ReflectionProperty::IS_PUBLIC) as $property) {
        if ($property->getDeclaringClass()->getName() === $name) {
            $facts["$name::\${$property->getName()}"] = [
                'readonly' => $property->isReadOnly(),
                'static' => $property->isStatic(),
                'type' => $type($property->getType()),
            ];
        }
    }
    foreach ($class->getReflectionConstants(ReflectionClassConstant::IS_PUBLIC) as $constant) {
        if ($constant->getDeclaringClass()->getName() === $name) {
            $facts["$name::{$constant->getName()}"] = ['value' => $constant->getValue()];
        }
    }
}
ksort($facts);
echo json_encode($facts, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR), "\n";

<?php

if (!function_exists('present')) {
    /** A disabled class has lost its methods. */
    function present(array $functions, array $classes): string
    {
        $there = array_filter($functions, 'function_exists');
        return implode(' ', [...$there, ...array_filter($classes, static fn (string $class): bool => get_class_methods($class) !== [])]);
    }
}
return isset($argv[2]) ? present(explode(' ', $argv[1]), explode(' ', $argv[2])) : null;

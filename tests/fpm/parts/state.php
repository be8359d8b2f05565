<?php

[, $do, $file] = $argv + [2 => ''];
if ($do === 'read') {
    $text = @file_get_contents($file);
    echo $text === false ? "refused\n" : $text;
} elseif ($do === 'set') {
    define('LEFT', 1);
    eval('class Left { public static $x = 1; } function left() {}');
    $GLOBALS['left'] = 1;
    $_SERVER['LEFT'] = $_ENV['LEFT'] = '1';
    putenv('LEFT=1');
    ini_set('precision', '3');
    setlocale(LC_ALL, 'C'); // PHP starts with C.UTF-8
    date_default_timezone_set('Asia/Tokyo');
    mb_internal_encoding('ISO-8859-1');
    umask(0);
    chdir(__DIR__);
    set_error_handler(fn () => true);
    spl_autoload_register(fn () => null);
    stream_wrapper_register('left', ArrayObject::class);
    ob_start();
    echo "set\n";
} else {
    $left = array_keys(array_filter([
        'constant' => defined('LEFT'),
        'class' => class_exists('Left', false),
        'function' => function_exists('left'),
        'global' => isset($GLOBALS['left']),
        'server' => isset($_SERVER['LEFT']),
        'environment' => getenv('LEFT') !== false,
        'ini' => ini_get('precision') === '3',
        'locale' => setlocale(LC_CTYPE, 0) === 'C',
        'timezone' => date_default_timezone_get() === 'Asia/Tokyo',
        'encoding' => mb_internal_encoding() !== 'UTF-8',
        'umask' => umask() === 0,
        'directory' => getcwd() === __DIR__,
        'autoloader' => spl_autoload_functions() !== [],
        'wrapper' => in_array('left', stream_get_wrappers(), true),
    ]));
    echo $left === [] ? "clean\n" : 'left: ' . implode(' ', $left) . "\n";
}

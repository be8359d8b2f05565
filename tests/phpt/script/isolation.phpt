--TEST--
Every script has a request of its own: nothing is left for the next one on the same worker
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 1]);
$dirty = script(<<<'PHP'
    function leftover() {}
    class Leftover { static $x = 1; }
    define('LEFTOVER', 1);
    const OTHER = 2;
    $GLOBALS['global'] = 1;
    $_SERVER['LEFTOVER'] = $_ENV['LEFTOVER'] = $_GET['x'] = 1;
    ini_set('precision', 3);
    ini_set('display_errors', 0);
    error_reporting(0);
    set_error_handler(fn () => true);
    set_exception_handler(fn () => true);
    date_default_timezone_set('Asia/Tokyo');
    mb_internal_encoding('ISO-8859-1');
    set_include_path('/nowhere');
    putenv('LEFTOVER=1');
    umask(0777);
    mt_srand(5);
    chdir('/');
    setlocale(LC_ALL, 'C.UTF-8');
    stream_wrapper_unregister('http');
    spl_autoload_register(fn () => exit(9));
    assert_options(ASSERT_ACTIVE, 0);
    ob_start();
    register_shutdown_function(fn () => null);
    libxml_use_internal_errors(true);
    gc_disable();
    ignore_user_abort(true);
    http_response_code(500);
    stream_context_set_default(['http' => ['method' => 'POST']]);
    class_alias('Leftover', 'Alias');
    PHP);
$look = script(<<<'PHP'
    return [
        function_exists('leftover'), class_exists('Leftover'), class_exists('Alias'), defined('LEFTOVER'), defined('OTHER'), isset($GLOBALS['global']),
        isset($_SERVER['LEFTOVER']), isset($_ENV['LEFTOVER']), count($_GET), ini_get('precision'), ini_get('display_errors'), error_reporting(), date_default_timezone_get(),
        mb_internal_encoding(), get_include_path(), getenv('LEFTOVER'), umask(), getcwd(), setlocale(LC_ALL, '0'), in_array('http', stream_get_wrappers()),
        count(spl_autoload_functions()), ob_get_level(), libxml_use_internal_errors(), gc_enabled(), ignore_user_abort(), http_response_code(),
        stream_context_get_options(stream_context_get_default()), set_error_handler(null), set_exception_handler(null), count(get_included_files()),
    ];
    PHP);
$clean = $vm->runScript($look)->value;
$vm->runScript($dirty);
$after = $vm->runScript($look)->value;
foreach ($clean as $i => $value) {
    if ($value !== $after[$i]) {
        echo "$i: ", json_encode($value), ' -> ', json_encode($after[$i]), "\n";
    }
}
echo $clean === $after ? "clean\n" : "dirty\n";
?>
--EXPECT--
clean

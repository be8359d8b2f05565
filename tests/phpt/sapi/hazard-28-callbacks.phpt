--TEST--
Hazard 28: every SAPI callback is there: headers, cookies, status, flush, connection, logs, phpinfo
--FILE--
<?php
require __DIR__ . '/../support.inc';

Probe::start();
$vm = FfiZts::boot();
$seen = $vm->runScript(script(<<<'PHP'
    $seen = [];
    header('');
    header('X-One: 1');
    header('X-One: 2', false);
    @header("Bad\nHeader: x");
    header('HTTP/1.1 404 Not Found');
    header('Location: /x', true, 302);
    $seen['code'] = http_response_code();
    http_response_code(201);
    header_remove('X-One');
    header_remove();
    setcookie('a', 'b');
    setrawcookie('c', 'd');
    $seen['list'] = headers_list();
    header_register_callback(fn () => header('X-Late: 1'));
    $seen['sent'] = headers_sent();
    echo "body\n";
    flush();
    $seen['status'] = [connection_status(), connection_aborted(), ignore_user_abort(true), ignore_user_abort()];
    $seen['sapi'] = php_sapi_name();
    $seen['input'] = file_get_contents('php://input');
    $seen['time'] = is_float($_SERVER['REQUEST_TIME_FLOAT']) && abs($_SERVER['REQUEST_TIME_FLOAT'] - microtime(true)) < 60;
    $seen['getenv'] = [getenv('PATH') !== false, getenv('PATH', true) !== false, is_array(getenv()), getenv('HTTP_HOST')];
    $seen['headers'] = [function_exists('getallheaders'), function_exists('apache_request_headers')];
    $seen['ids'] = [getmyuid() >= 0, getmygid() >= 0, getmyinode() > 0, getlastmod() > 0, get_current_user() !== '', php_ini_loaded_file(), php_ini_scanned_files()];
    $seen['output'] = [ob_get_level(), ob_implicit_flush(true), output_add_rewrite_var('a', 'b'), output_reset_rewrite_vars()];
    ob_start();
    phpinfo();
    $info = ob_get_clean();
    $seen['phpinfo'] = [str_contains($info, 'phpinfo()'), str_contains($info, '<html'), (bool) preg_match('/^Thread Safety => enabled/m', $info), (bool) preg_match('/^Server API => /m', $info)];
    ob_start();
    phpcredits();
    $seen['credits'] = strlen(ob_get_clean()) > 1000;
    $seen['version'] = [PHP_BINARY !== null, php_uname('s'), sys_get_temp_dir() !== '', is_array(getrusage()), is_array(sys_getloadavg()), gethostname() !== ''];
    $seen['upload'] = [is_uploaded_file('x'), move_uploaded_file('x', 'y')];
    $seen['fastcgi'] = function_exists('fastcgi_finish_request');
    register_tick_function(fn () => null);
    usleep(1);
    return $seen;
    PHP))->value;
foreach ($seen as $name => $value) {
    echo $name, ': ', json_encode($value), "\n";
}
Probe::assertSame();
?>
--EXPECTF--
%Abody
code: 302
list: %s
sent: false
status: [0,0,%d,1]
sapi: "ffi-zts"
input: ""
time: true
getenv: [true,true,true,false]
headers: [%s]
ids: [true,true,true,true,true,false,false]
output: [0,%S,true,true]
phpinfo: [true,false,true,true]
credits: true
version: [true,"Linux",true,true,true,true]
upload: [false,false]
fastcgi: false
same

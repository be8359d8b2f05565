--TEST--
Hazard 30: a job that is stopped while it waits for a session's lock neither shows nor writes the session
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if ($why = other_minor()) die("skip $why");
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

mkdir(tmp('sessions'));
$settings = ['session.save_path' => tmp('sessions'), 'session.use_cookies' => '0', 'session.cache_limiter' => ''];
foreach ($settings as $name => $value) {
    ini_set($name, $value);
}
$vm = FfiZts::boot(['threads' => 1, 'shutdown_timeout' => 60.0, 'ini' => $settings]);
session_id('shared');
session_start();
$_SESSION['from'] = 'host';
session_write_close();
session_start();
$_SESSION['from'] = 'the host again';

$future = $vm->run(static function (string $started, string $said): void {
    session_id('shared');
    touch($started);
    try {
        session_start();
    } finally {
        file_put_contents($said, json_encode($_SESSION ?? null));
        $_SESSION = ['from' => 'guest', 'more' => str_repeat('x', 10000)];
    }
}, [tmp('started'), tmp('said')]);
started($future, tmp('started'));
usleep(20000);
var_dump($future->cancel());
thrown(fn () => $future->await());
echo file_get_contents(tmp('said')), "\n";
$vm->shutdown();
session_write_close();
session_start();
echo json_encode($_SESSION), "\n";
?>
--EXPECTF--
bool(true)
FfiZts\CancelledException: the job was cancelled%S
[]
{"from":"the host again"}

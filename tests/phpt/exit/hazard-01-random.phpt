--TEST--
Hazard 1: exits at random moments of TLS, curl, DOM, sleep and processor loops: exact status, no core
--FILE--
<?php
require __DIR__ . '/../support.inc';

$server = stream_socket_server('tcp://127.0.0.1:0');
$address = stream_socket_get_name($server, false);
$jobs = [
    '@stream_socket_client("tls://' . $address . '", $n, $m, 5);',
    '$c = curl_init("https://' . $address . '/"); curl_setopt($c, CURLOPT_TIMEOUT, 5); curl_exec($c);',
    '$k = openssl_pkey_new(["private_key_bits" => 1024]); openssl_sign("x", $s, $k);',
    '$d = new DOMDocument; $d->loadHTML(str_repeat("<p>x<b>y", 200), LIBXML_NOERROR); $d->saveXML();',
    'usleep(50000);',
    'for ($i = 0; $i < 100000; $i++) md5((string) $i);',
    '$d = new PDO("sqlite::memory:"); $d->exec("create table t (x)"); for ($i = 0; $i < 1000; $i++) $d->exec("insert into t values ($i)");',
    'preg_match_all("/(a|b)*c/", str_repeat("ab", 5000)); unserialize(serialize(range(1, 10000)));',
];
$count = (int) (getenv('FFI_ZTS_EXITS') ?: 48);
$failures = 0;
for ($i = 0; $i < $count; $i++) {
    $code = 'while (true) { ' . $jobs[$i % count($jobs)] . ' }';
    $process = php('
        $vm = FfiZts::boot(["threads" => 3, "shutdown_timeout" => 0]);
        for ($i = 0; $i < 3; $i++) $futures[] = $vm->startScript(script(' . var_export($code, true) . ', "job.php"));
        usleep(' . random_int(0, 60000) . ');
        exit(7);', limit: 20);
    if ($process['status'] !== 7 || $process['seconds'] > 8 * patience()) {
        $failures++;
        printf("%s: status %s after %.1f s %s\n", $jobs[$i % count($jobs)], $process['status'], $process['seconds'], $process['err']);
    }
}
echo $failures, " failures\n";
?>
--EXPECT--
0 failures

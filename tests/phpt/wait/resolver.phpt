--TEST--
A stop ends lookups of names that nobody answers; answers are those of the resolver
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if ($why = other_minor()) die("skip $why");
if (posix_geteuid() !== 0) { die('skip a name server of our own needs root'); }
exec('unshare -m true 2>/dev/null', $lines, $status);
if ($status !== 0) { die('skip no mount namespace here'); }
?>
--EXTENSIONS--
posix
--FILE--
<?php
require __DIR__ . '/../support.inc';

// A name server that hears everything and says nothing.
for ($last = 2; $last < 250 && !($server = @stream_socket_server("udp://127.53.53.$last:53", $number, $why, STREAM_SERVER_BIND)); $last++) {
}
file_put_contents(tmp('resolv.conf'), "nameserver 127.53.53.$last\noptions timeout:30 attempts:5\n");
$code = script('require ' . var_export(__DIR__ . '/../support.inc', true) . ';
$vm = FfiZts::boot(["threads" => 1, "shutdown_timeout" => 60.0]);
$task = static function (string $code, string $started, string $stopped): mixed {
    touch($started);
    try {
        return eval($code);
    } finally {
        file_put_contents($stopped, "finally");
    }
};
foreach ([
    "gethostbyname" => "return gethostbyname(\"nobody.example\");",
    "gethostbynamel" => "return gethostbynamel(\"nobody.example\");",
    "gethostbyaddr" => "return gethostbyaddr(\"192.0.2.1\");",
    "checkdnsrr" => "return checkdnsrr(\"nobody.example\", \"A\");",
    "dns_get_record" => "return dns_get_record(\"nobody.example\", DNS_A);",
    "getmxrr" => "return getmxrr(\"nobody.example\", \$hosts);",
    "stream_socket_client" => "return stream_socket_client(\"tcp://nobody.example:80\");",
    "file_get_contents" => "return file_get_contents(\"http://nobody.example/\");",
    "curl_exec" => "if (!function_exists(\"curl_init\")) { sleep(1000); } return curl_exec(curl_init(\"http://nobody.example/\"));",
] as $label => $code) {
    @unlink(tmp("started"));
    @unlink(tmp("stopped"));
    $future = $vm->run($task, [$code, tmp("started"), tmp("stopped")]);
    started($future, tmp("started"));
    usleep(20000);
    echo $label, ": ", json_encode([$future->cancel(), @file_get_contents(tmp("stopped"))]), "\n";
}
// What needs no server is answered.
echo json_encode($vm->run(static fn () => [gethostbyname("localhost"), gethostbyname("127.0.0.9"), gethostbynamel("localhost"),
    gethostbyname(str_repeat("x", 300)), is_string(gethostbyaddr("127.0.0.1"))])->await()), "\n";
');
$end = run(['unshare', '-m', 'sh', '-c', 'mount --bind "$1" /etc/resolv.conf && shift && exec "$@"', 'sh', tmp('resolv.conf'), ...php_command(), $code], 60);
ended($end);
?>
--EXPECTF--
status 0: gethostbyname: [true,"finally"]
gethostbynamel: [true,"finally"]
gethostbyaddr: [true,"finally"]
checkdnsrr: [true,"finally"]
dns_get_record: [true,"finally"]
getmxrr: [true,"finally"]
stream_socket_client: [true,"finally"]
file_get_contents: [true,"finally"]
curl_exec: [true,"finally"]

Warning: gethostbyname(): Host name cannot be longer than 255 characters in %s on line %d
["127.0.0.1","127.0.0.9",["127.0.0.1"],"%s",true]

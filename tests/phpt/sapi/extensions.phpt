--TEST--
Extensions that frameworks need are built into the guest and work on several workers at once
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 3]);
$job = script(<<<'PHP'
    foreach (['ctype', 'curl', 'dom', 'fileinfo', 'filter', 'iconv', 'mbstring', 'openssl', 'PDO', 'pdo_sqlite', 'Phar', 'posix', 'session', 'SimpleXML',
        'sockets', 'sodium', 'sqlite3', 'tokenizer', 'xml', 'xmlreader', 'xmlwriter', 'zlib', 'FFI', 'json', 'pcre', 'Reflection', 'SPL'] as $name) {
        if (!extension_loaded($name)) $missing[] = $name;
    }
    $seen['missing'] = $missing ?? [];
    $seen['absent'] = array_filter(['pcntl', 'readline'], 'extension_loaded');
    for ($i = 0; $i < 50; $i++) {
        $d = new DOMDocument; $d->loadXML('<a><b c="1">x</b></a>');
        $r[] = (new DOMXPath($d))->query('//b/@c')[0]->value === '1'
            && simplexml_load_string('<a><b>5</b></a>')->b == 5
            && json_decode(json_encode(['a' => [1.5]]), true) === ['a' => [1.5]]
            && mb_strtoupper('straße', 'UTF-8') === 'STRASSE'
            && iconv('UTF-8', 'ISO-8859-1', 'é') === "\xe9"
            && openssl_decrypt(openssl_encrypt('x', 'aes-128-cbc', 'k', 0, '1234567890123456'), 'aes-128-cbc', 'k', 0, '1234567890123456') === 'x'
            && gzuncompress(gzcompress('abc')) === 'abc'
            && hash('sha256', 'x') === bin2hex(sodium_crypto_generichash('x')) || strlen(sodium_crypto_secretbox_keygen()) === 32;
        $p = new PDO('sqlite::memory:'); $p->exec('create table t (x)'); $p->prepare('insert into t values (?)')->execute([$i]);
        $r[] = (int) $p->query('select x from t')->fetchColumn() === $i;
        $r[] = preg_match('/^(\w+)\s(?<n>\d+)$/u', "wörd $i", $m) === 1 && $m['n'] === (string) $i;
        $r[] = (new DateTimeImmutable('2024-02-30', new DateTimeZone('Europe/Paris')))->format('Y-m-d') === '2024-03-01';
        $r[] = (new finfo(FILEINFO_MIME_TYPE))->buffer('<?php echo 1;') === 'text/x-php';
        $r[] = unserialize(serialize(new ArrayObject([1, 2])))->count() === 2;
        $r[] = password_verify('x', password_hash('x', PASSWORD_BCRYPT, ['cost' => 4]));
    }
    $seen['works'] = !in_array(false, $r, true);
    return $seen;
    PHP);
for ($i = 0; $i < 6; $i++) {
    $futures[] = $vm->startScript($job);
}
foreach ($futures as $future) {
    echo json_encode($future->await()->value), "\n";
}
?>
--EXPECT--
{"missing":[],"absent":[],"works":true}
{"missing":[],"absent":[],"works":true}
{"missing":[],"absent":[],"works":true}
{"missing":[],"absent":[],"works":true}
{"missing":[],"absent":[],"works":true}
{"missing":[],"absent":[],"works":true}

--TEST--
Extensions that applications need are part of the guest, or come with it, and work on several workers at once
--FILE--
<?php
require __DIR__ . '/../support.inc';

$shipped = ['bcmath', 'calendar', 'curl', 'exif', 'ffi', 'ftp', 'gd', 'gettext', 'gmp', 'intl', 'mbstring', 'mysqli', 'pdo_mysql', 'pdo_pgsql', 'pdo_sqlite',
    'pgsql', 'shmop', 'soap', 'sqlite3', 'sysvmsg', 'sysvsem', 'sysvshm', 'xsl', 'zip'];
$vm = FfiZts::boot(['threads' => 3, 'extensions' => $shipped]);
$job = script(<<<'PHP'
    foreach (['ctype', 'curl', 'dom', 'fileinfo', 'filter', 'iconv', 'mbstring', 'openssl', 'PDO', 'pdo_sqlite', 'Phar', 'posix', 'session', 'SimpleXML',
        'sockets', 'sodium', 'sqlite3', 'tokenizer', 'xml', 'xmlreader', 'xmlwriter', 'zlib', 'FFI', 'json', 'pcre', 'Reflection', 'SPL', 'bcmath', 'calendar',
        'exif', 'ftp', 'gd', 'gettext', 'gmp', 'intl', 'mysqlnd', 'mysqli', 'pdo_mysql', 'pdo_pgsql', 'pgsql', 'shmop', 'soap', 'sysvmsg', 'sysvsem', 'sysvshm',
        'xsl', 'zip'] as $name) {
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
        $r[] = bcadd('0.1', '0.2', 2) === '0.30' && gmp_strval(gmp_pow(2, 100)) === '1267650600228229401496703205376';
        $r[] = (new NumberFormatter('de_DE', NumberFormatter::DECIMAL))->format(1234.5) === '1.234,5' && jdtogregorian(2451545) === '1/1/2000';
        ob_start();
        imagepng(imagecreatetruecolor(3, 2));
        $r[] = array_slice(getimagesizefromstring(ob_get_clean()), 0, 2) === [3, 2];
        $zip = new ZipArchive();
        $zip->open($file = tempnam(sys_get_temp_dir(), 'fz'), ZipArchive::OVERWRITE);
        $zip->addFromString('a', "b$i");
        $zip->close();
        $r[] = $zip->open($file) && $zip->getFromName('a') === "b$i" && unlink($file);
        $r[] = (new SoapClient(null, ['location' => 'http://127.0.0.1:1/', 'uri' => 'x']))->__getLastRequest() === null;
        $r[] = mysqli_init() instanceof mysqli && in_array('pgsql', PDO::getAvailableDrivers(), true) && in_array('mysql', PDO::getAvailableDrivers(), true);
        $xsl = new XSLTProcessor();
        $sheet = new DOMDocument();
        $sheet->loadXML('<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:output method="text"/>'
            . '<xsl:template match="/"><xsl:value-of select="a/b"/></xsl:template></xsl:stylesheet>');
        $xsl->importStylesheet($sheet);
        $r[] = $xsl->transformToXml($d) === 'x';
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

<?php
//# valgrind
//# options: --jobs 4 --threads 2 --parallel
//# stdout: libraries work
$dom = new DOMDocument();
$dom->loadXML('<a><b>text</b></a>');
libxml_use_internal_errors(true);
(new DOMDocument())->loadXML('<broken');
libxml_clear_errors();
$curl = curl_init('file:///etc/hostname');
curl_setopt($curl, CURLOPT_RETURNTRANSFER, true);
$body = curl_exec($curl);
$sealed = openssl_encrypt('x', 'aes-256-gcm', str_repeat('k', 32), 0, str_repeat('i', 12), $tag);
$database = new SQLite3(':memory:');
$database->exec('create table t (a); insert into t values (1)');
$one = $database->querySingle('select a from t');
echo $dom->textContent === 'text' && is_string($body) && is_string($sealed) && $one === 1 && strlen(gzdeflate('x')) ? "libraries work\n" : "failed\n";

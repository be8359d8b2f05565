<?php

declare(strict_types=1);

/** Libraries that open files by themselves: SQLite, libxml, curl. */

return [
    'PDO' => ['basedir', static fn (Arena $at) => (string) (new PDO('sqlite:' . $at->out('secret.db')))->query('select text from t')->fetchColumn(), 'needs' => 'pdo_sqlite'],
    'PDO that makes one' => ['basedir', static fn (Arena $at) => (new PDO('sqlite:' . $at->made()))->exec('create table t (x)') === 0, 'needs' => 'pdo_sqlite'],
    'PDO by an URI' => ['basedir', static fn (Arena $at) => (string) (new PDO('sqlite:file:' . $at->out('secret.db') . '?mode=ro'))->query('select text from t')->fetchColumn(), 'needs' => 'pdo_sqlite'],
    'PDO attach' => ['basedir', static function (Arena $at) {
        $database = new PDO('sqlite:' . $at->own());
        $database->exec("attach '" . $at->out('secret.db') . "' as a");
        return (string) $database->query('select text from a.t')->fetchColumn();
    }, 'needs' => 'pdo_sqlite'],
    'PDO attach in memory' => ['basedir', static function (Arena $at) {
        $database = new PDO('sqlite::memory:');
        $database->exec("attach database '" . $at->out('secret.db') . "' as a");
        return (string) $database->query('select text from a.t')->fetchColumn();
    }, 'needs' => 'pdo_sqlite'],
    'PDO attach by an URI' => ['basedir', static function (Arena $at) {
        $database = new PDO('sqlite:file:' . $at->own() . '?mode=rwc');
        $database->exec("attach 'file:" . $at->out('secret.db') . "?mode=ro' as a");
        return (string) $database->query('select text from a.t')->fetchColumn();
    }, 'needs' => 'pdo_sqlite'],
    'PDO vacuum into' => ['basedir', static function (Arena $at) {
        (new PDO('sqlite:' . $at->own()))->exec("vacuum into '" . $at->made() . "'");
        return file_exists($at->made());
    }, 'needs' => 'pdo_sqlite'],
    'SQLite3' => ['basedir', static fn (Arena $at) => (new SQLite3($at->out('secret.db'), SQLITE3_OPEN_READONLY))->querySingle('select text from t'), 'needs' => 'sqlite3'],
    'SQLite3 open' => ['basedir', static function (Arena $at) {
        $database = new SQLite3(':memory:');
        $database->close();
        $database->open($at->out('secret.db'), SQLITE3_OPEN_READONLY);
        return $database->querySingle('select text from t');
    }, 'needs' => 'sqlite3'],
    'SQLite3 by an URI' => ['basedir', static fn (Arena $at) => (new SQLite3('file:' . $at->out('secret.db') . '?mode=ro', SQLITE3_OPEN_READONLY))->querySingle('select text from t'), 'needs' => 'sqlite3',
        'no control' => 'PHP makes a path of it'],
    'SQLite3 attach' => ['basedir', static function (Arena $at) {
        $database = new SQLite3(':memory:');
        $database->exec("attach '" . $at->out('secret.db') . "' as a");
        return $database->querySingle('select text from a.t');
    }, 'needs' => 'sqlite3'],
    'SQLite3 attach by a parameter' => ['basedir', static function (Arena $at) {
        $database = new SQLite3(':memory:');
        $statement = $database->prepare('attach :file as a');
        $statement->bindValue(':file', $at->out('secret.db'));
        $statement->execute();
        return $database->querySingle('select text from a.t');
    }, 'needs' => 'sqlite3'],
    'SQLite3 backup' => ['basedir', static fn (Arena $at) => (new SQLite3($at->in('allowed.db')))->backup(new SQLite3($at->made())), 'needs' => 'sqlite3'],
    'SQLite3 load_extension' => ['basedir', static fn (Arena $at) => (new SQLite3(':memory:'))->loadExtension($at->out('evil.so')), 'needs' => 'sqlite3',
        'no control' => 'sqlite3.extension_dir is a setting of the system, and empty'],
    'DOMDocument' => ['basedir', static function (Arena $at) {
        $document = new DOMDocument();
        $document->load($at->out('secret.xml'));
        return $document->textContent;
    }, 'needs' => 'dom'],
    'DOMDocument of an URI' => ['basedir', static function (Arena $at) {
        $document = new DOMDocument();
        $document->load('file://' . str_replace('secret', '%73ecret', $at->out('secret.xml')));
        return $document->textContent;
    }, 'needs' => 'dom'],
    'DOMDocument of php://filter' => ['basedir', static function (Arena $at) {
        $document = new DOMDocument();
        $document->load('php://filter/resource=' . $at->out('secret.xml'));
        return $document->textContent;
    }, 'needs' => 'dom'],
    'DOMDocument of HTML' => ['basedir', static function (Arena $at) {
        $document = new DOMDocument();
        $document->loadHTMLFile($at->out('secret.html'));
        return (string) $document->saveHTML();
    }, 'needs' => 'dom'],
    'DOMDocument saved' => ['basedir', static fn (Arena $at) => (new DOMDocument())->save($at->made()) !== false, 'needs' => 'dom'],
    'an entity' => ['basedir', static function (Arena $at) {
        $document = new DOMDocument();
        $document->loadXML('<!DOCTYPE x [<!ENTITY e SYSTEM "file://' . $at->out('alike/secret') . '">]><x>&e;</x>', LIBXML_NOENT);
        return $document->textContent;
    }, 'needs' => 'dom'],
    'an entity of a parameter' => ['basedir', static function (Arena $at) {
        $document = new DOMDocument();
        $document->loadXML('<!DOCTYPE x [<!ENTITY % p SYSTEM "' . $at->out('secret.dtd') . '"> %p;]><x>&outside;</x>', LIBXML_NOENT | LIBXML_DTDLOAD);
        return $document->textContent;
    }, 'needs' => 'dom'],
    'an outer DTD' => ['basedir', static function (Arena $at) {
        $document = new DOMDocument();
        $document->loadXML('<!DOCTYPE x SYSTEM "' . $at->out('secret.dtd') . '"><x>&outside;</x>', LIBXML_NOENT | LIBXML_DTDLOAD);
        return $document->textContent;
    }, 'needs' => 'dom'],
    'XInclude' => ['basedir', static function (Arena $at) {
        $document = new DOMDocument();
        $document->loadXML('<x xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include parse="text" href="' . $at->secret() . '"/></x>');
        $document->xinclude();
        return $document->textContent;
    }, 'needs' => 'dom'],
    'a schema' => ['basedir', static function (Arena $at) {
        $document = new DOMDocument();
        $document->loadXML('<x/>');
        return $document->schemaValidate($at->out('secret.xsd'));
    }, 'needs' => 'dom'],
    'a schema that includes one' => ['basedir', static function (Arena $at) {
        $document = new DOMDocument();
        $document->loadXML('<x/>');
        return $document->schemaValidateSource('<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:include schemaLocation="' . $at->out('secret.xsd') . '"/></xs:schema>');
    }, 'needs' => 'dom'],
    'Relax NG' => ['basedir', static function (Arena $at) {
        $document = new DOMDocument();
        $document->loadXML('<x/>');
        return $document->relaxNGValidate($at->out('secret.rng'));
    }, 'needs' => 'dom'],
    'a context of libxml' => ['basedir', static function (Arena $at) {
        libxml_set_streams_context(stream_context_create(['file' => ['x' => 'x']]));
        $document = new DOMDocument();
        $document->load('file://' . $at->out('secret.xml'));
        return $document->textContent;
    }, 'needs' => 'dom'],
    'a loader of entities' => ['basedir', static function (Arena $at) {
        libxml_set_external_entity_loader(static fn () => $at->out('alike/secret'));
        try {
            $document = new DOMDocument();
            $document->loadXML('<!DOCTYPE x [<!ENTITY e SYSTEM "urn:x">]><x>&e;</x>', LIBXML_NOENT);
            return $document->textContent;
        } finally {
            libxml_set_external_entity_loader(null);
        }
    }, 'needs' => 'dom'],
    'SimpleXML' => ['basedir', static fn (Arena $at) => (string) simplexml_load_file($at->out('secret.xml')), 'needs' => 'SimpleXML'],
    'SimpleXML by its class' => ['basedir', static fn (Arena $at) => (string) new SimpleXMLElement($at->out('secret.xml'), 0, true), 'needs' => 'SimpleXML'],
    'SimpleXML saved' => ['basedir', static fn (Arena $at) => (new SimpleXMLElement('<x/>'))->asXML($at->made()), 'needs' => 'SimpleXML'],
    'XMLReader' => ['basedir', static function (Arena $at) {
        $reader = new XMLReader();
        $reader->open($at->out('secret.xml'));
        $reader->read();
        return $reader->readString();
    }, 'needs' => 'xmlreader'],
    'XMLReader by an URI' => ['basedir', static function (Arena $at) {
        $reader = XMLReader::open('file://' . $at->out('secret.xml'));
        $reader->read();
        return $reader->readString();
    }, 'needs' => 'xmlreader'],
    'XMLReader with a schema' => ['basedir', static function (Arena $at) {
        $reader = new XMLReader();
        $reader->XML('<x/>');
        return $reader->setSchema($at->out('secret.xsd')) && $reader->read() && $reader->isValid();
    }, 'needs' => 'xmlreader'],
    'XMLWriter' => ['basedir', static function (Arena $at) {
        $writer = new XMLWriter();
        return $writer->openUri($at->made()) && $writer->text('x') && $writer->flush() && file_exists($at->made());
    }, 'needs' => 'xmlwriter'],
    'XSL' => ['basedir', static function (Arena $at) {
        $document = new DOMDocument();
        $document->loadXML('<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/"><xsl:value-of select="document(\''
            . $at->out('secret.xml') . '\')"/></xsl:template></xsl:stylesheet>');
        $processor = new XSLTProcessor();
        $processor->importStylesheet($document);
        return (string) $processor->transformToXml(new DOMDocument());
    }, 'needs' => 'xsl'],
    'curl of file://' => ['basedir', static function (Arena $at) {
        $curl = curl_init('file://' . $at->secret());
        curl_setopt($curl, CURLOPT_RETURNTRANSFER, true);
        return curl_exec($curl);
    }, 'needs' => 'curl'],
    'curl of file:// later' => ['basedir', static function (Arena $at) {
        $curl = curl_init();
        curl_setopt_array($curl, [CURLOPT_RETURNTRANSFER => true, CURLOPT_PROTOCOLS => CURLPROTO_FILE, CURLOPT_URL => 'FILE://localhost' . $at->secret()]);
        return curl_exec($curl);
    }, 'needs' => 'curl'],
    'curl of several' => ['basedir', static function (Arena $at) {
        $curl = curl_init('file://' . $at->secret());
        curl_setopt($curl, CURLOPT_RETURNTRANSFER, true);
        $several = curl_multi_init();
        curl_multi_add_handle($several, $curl);
        do {
            curl_multi_exec($several, $running);
        } while ($running);
        return curl_multi_getcontent($curl);
    }, 'needs' => 'curl'],
    'curl with cookies' => ['basedir', static function (Arena $at) {
        $curl = curl_init("http://$at->web/cookie");
        $set = curl_setopt_array($curl, [CURLOPT_COOKIEJAR => $at->made(), CURLOPT_RETURNTRANSFER => true]);
        curl_exec($curl);
        unset($curl);
        return $set && file_exists($at->made());
    }, 'needs' => 'curl'],
    'curl with cookies of a file' => ['basedir', static function (Arena $at) {
        $curl = curl_init("http://$at->web/echo");
        curl_setopt_array($curl, [CURLOPT_RETURNTRANSFER => true, CURLOPT_COOKIEFILE => $at->out('cookies')]);
        return curl_exec($curl);
    }, 'needs' => 'curl'],
    'curl with a file' => ['basedir', static function (Arena $at) {
        $curl = curl_init("http://$at->web/echo");
        curl_setopt_array($curl, [CURLOPT_RETURNTRANSFER => true, CURLOPT_POSTFIELDS => ['file' => new CURLFile($at->secret())]]);
        return curl_exec($curl);
    }, 'needs' => 'curl'],
    'curl with input' => ['basedir', static function (Arena $at) {
        $curl = curl_init("http://$at->web/echo");
        $file = fopen($at->secret(), 'r');
        curl_setopt_array($curl, [CURLOPT_UPLOAD => true, CURLOPT_INFILE => $file, CURLOPT_INFILESIZE => filesize($at->secret()), CURLOPT_RETURNTRANSFER => true]);
        return curl_exec($curl);
    }, 'needs' => 'curl'],
];

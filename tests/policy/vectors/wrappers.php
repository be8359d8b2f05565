<?php

declare(strict_types=1);

/** Wrappers, and the classes that open files by them. */

return [
    'file://' => ['basedir', static fn (Arena $at) => file_get_contents('file://' . $at->secret())],
    'FILE://' => ['basedir', static fn (Arena $at) => file_get_contents('FILE://' . $at->secret())],
    'file://localhost' => ['basedir', static fn (Arena $at) => file_get_contents('file://localhost' . $at->secret())],
    'php://filter' => ['basedir', static fn (Arena $at) => base64_decode((string) file_get_contents('php://filter/read=convert.base64-encode/resource=' . $at->secret()))],
    'php://filter of a filter' => ['basedir', static fn (Arena $at) => file_get_contents('php://filter/resource=php://filter/resource=' . $at->secret())],
    'php://filter to write' => ['basedir', static fn (Arena $at) => (bool) file_put_contents('php://filter/write=string.rot13/resource=' . $at->made(), 'x')],
    'include of php://filter' => ['basedir', static fn (Arena $at) => include 'php://filter/resource=' . $at->out('secret.php')],
    'compress.zlib://' => ['basedir', static fn (Arena $at) => file_get_contents('compress.zlib://' . $at->secret()), 'needs' => 'zlib'],
    'compress.zlib:// to write' => ['basedir', static fn (Arena $at) => (bool) file_put_contents('compress.zlib://' . $at->made(), 'x'), 'needs' => 'zlib'],
    'glob://' => ['basedir', static fn (Arena $at) => iterator_count(new DirectoryIterator('glob://' . $at->out('sec*'))) > 0],
    'scandir of glob://' => ['basedir', static fn (Arena $at) => (scandir('glob://' . $at->out('sec*')) ?: []) !== []],
    'phar://' => ['basedir', static fn (Arena $at) => file_get_contents('phar://' . $at->out('secret.phar') . '/inner'), 'needs' => 'Phar'],
    'include of phar://' => ['basedir', static fn (Arena $at) => include 'phar://' . $at->out('secret.phar') . '/inner.php', 'needs' => 'Phar'],
    'Phar' => ['basedir', static fn (Arena $at) => (new Phar($at->out('secret.phar')))['inner']->getContent(), 'needs' => 'Phar'],
    'PharData' => ['basedir', static fn (Arena $at) => (new PharData($at->out('secret.tar')))['inner']->getContent(), 'needs' => 'Phar'],
    'PharData that is made' => ['basedir', static fn (Arena $at) => (new PharData($made = $at->made() . '.tar'))->addFromString('x', 'x') ?? file_exists($made), 'needs' => 'Phar'],
    'PharData of a file' => ['basedir', static function (Arena $at) {
        $archive = new PharData($at->own() . '.tar');
        $archive->addFile($at->secret(), 'inner');
        return $archive['inner']->getContent();
    }, 'needs' => 'Phar'],
    'PharData of a directory' => ['basedir', static function (Arena $at) {
        $archive = new PharData($at->own() . '.tar');
        $archive->buildFromDirectory($at->out('alike'));
        return $archive['secret']->getContent();
    }, 'needs' => 'Phar'],
    'PharData extracted' => ['basedir', static fn (Arena $at) => (new PharData($at->in('allowed.tar')))->extractTo($at->out('made/extracted')), 'needs' => 'Phar'],
    'Phar mount' => ['basedir', static function (Arena $at) {
        copy($at->in('allowed.phar'), $own = $at->own() . '.phar');
        new Phar($own);
        Phar::mount("phar://$own/mounted", $at->secret());
        return file_get_contents("phar://$own/mounted");
    }, 'needs' => 'Phar'],
    'data:' => ['urls', static fn (Arena $at) => file_get_contents('data:text/plain,' . Arena::MARK)],
    'include of data:' => ['urls', static fn (Arena $at) => include 'data:text/plain,' . rawurlencode('<?php return "' . Arena::MARK . '";')],
    'include of data: by ini_set' => ['urls', static fn (Arena $at) => ini_set('allow_url_include', '1') . include 'data:text/plain,' . rawurlencode('<?php return "' . Arena::MARK . '";')],
    'http://' => ['urls', static fn (Arena $at) => file_get_contents("http://$at->web/mark")],
    'http:// of DOM' => ['urls', static function (Arena $at) {
        $document = new DOMDocument();
        $document->load("http://$at->web/mark.xml");
        return $document->textContent;
    }, 'needs' => 'dom'],
    'SplFileObject of http://' => ['urls', static fn (Arena $at) => (new SplFileObject("http://$at->web/mark"))->fgets()],
    'copy of http://' => ['urls', static fn (Arena $at) => copy("http://$at->web/mark", $own = $at->own()) ? file_get_contents($own) : false],
    'php://fd' => ['sapi', static fn (Arena $at) => (bool) fopen('php://fd/1', 'w')],
    'include of php://stdin' => ['sapi', static fn (Arena $at) => (bool) fopen('php://fd/0', 'r')],
    'SplFileObject' => ['basedir', static fn (Arena $at) => (new SplFileObject($at->secret()))->fgets()],
    'SplFileInfo' => ['basedir', static fn (Arena $at) => (new SplFileInfo($at->secret()))->openFile()->fgets()],
    'SplFileInfo asked' => ['basedir', static fn (Arena $at) => (new SplFileInfo($at->secret()))->getSize() > 0],
    'SplTempFileObject that is renamed' => ['basedir', static fn (Arena $at) => (new SplFileObject('php://temp/maxmemory:1/resource=' . $at->secret(), 'r'))->fgets(), 'no control' => 'it has no resource'],
    'DirectoryIterator' => ['basedir', static fn (Arena $at) => iterator_count(new DirectoryIterator($at->out())) > 2],
    'RecursiveDirectoryIterator' => ['basedir', static fn (Arena $at) => iterator_count(new RecursiveIteratorIterator(new RecursiveDirectoryIterator($at->out()))) > 2],
    'RecursiveDirectoryIterator over a link' => ['basedir', static function (Arena $at) {
        $all = new RecursiveIteratorIterator(new RecursiveDirectoryIterator($at->in(), FilesystemIterator::FOLLOW_SYMLINKS | FilesystemIterator::SKIP_DOTS));
        foreach ($all as $file) {
            if (str_ends_with((string) $file, 'directory/secret')) {
                return true;
            }
        }
        return false;
    }],
    'FilesystemIterator' => ['basedir', static fn (Arena $at) => iterator_count(new FilesystemIterator($at->out())) > 2],
    'GlobIterator' => ['basedir', static fn (Arena $at) => count(new GlobIterator($at->out('sec*'))) > 0],
];

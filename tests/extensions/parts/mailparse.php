<?php

declare(strict_types=1);

require __DIR__ . '/../part.inc';

/** mailparse: parses mails with attachments, from strings and streams. */
function mail_of(int $number): string
{
    $attachment = chunk_split(base64_encode(str_repeat("attachment $number\n", 500)));
    return implode("\r\n", [
        "From: =?utf-8?q?J=C3=BCrgen?= <j$number@example.org>", "To: a@example.org, \"B, b\" <b@example.org>", "Subject: mail $number",
        'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary="outer"', '', 'preamble',
        '--outer', 'Content-Type: multipart/alternative; boundary=inner', '',
        '--inner', 'Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: quoted-printable', '', "number=20$number =C3=BC", '',
        '--inner', 'Content-Type: text/html', '', "<p>$number</p>", '--inner--', '',
        '--outer', 'Content-Type: application/octet-stream; name="a.bin"', 'Content-Disposition: attachment; filename="a.bin"',
        'Content-Transfer-Encoding: base64', '', $attachment . '--outer--', '',
    ]);
}

function section(mixed $mail, string $source, string $name): string
{
    $body = '';
    mailparse_msg_extract_part(mailparse_msg_get_part($mail, $name), $source, function (string $piece) use (&$body): void {
        $body .= $piece;
    });
    return rtrim($body);
}

return part(work: function (int $number, int $count, string $directory): void {
    $source = mail_of($number);
    for ($i = 0; $i < 100; $i++) {
        $mail = mailparse_msg_create();
        foreach (str_split($source, 700 + $i) as $piece) {
            same(true, mailparse_msg_parse($mail, $piece), 'parsed');
        }
        same(['1', '1.1', '1.1.1', '1.1.2', '1.2'], mailparse_msg_get_structure($mail), 'structure');
        same("mail $number", mailparse_msg_get_part_data($mail)['headers']['subject'], 'subject');
        same("number $number ü", section($mail, $source, '1.1.1'), 'quoted-printable');
        same(rtrim(str_repeat("attachment $number\n", 500)), section($mail, $source, '1.2'), 'base64');
        same('a.bin', mailparse_msg_get_part_data(mailparse_msg_get_part($mail, '1.2'))['disposition-filename'], 'file name');
        // Left to the end of the request every other time.
        if ($i % 2) {
            mailparse_msg_free($mail);
        }
    }
    same(
        [['display' => 'Ü', 'address' => 'u@example.org', 'is_group' => false], ['display' => 'b, b', 'address' => 'b@example.org', 'is_group' => false]],
        mailparse_rfc822_parse_addresses('Ü <u@example.org>, "b, b" <b@example.org>'),
        'addresses',
    );
    $file = "$directory/mail-$number";
    file_put_contents($file, $source);
    same(5, count(mailparse_msg_get_structure(mailparse_msg_parse_file($file))), 'structure of a file');
    same('base64', strtolower(mailparse_determine_best_xfer_encoding(fopen('data:application/octet-stream;base64,' . base64_encode(str_repeat("\0\xff", 500)), 'r'))), 'best encoding');
});

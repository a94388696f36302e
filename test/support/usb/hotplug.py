"""Plugs an emulated USB microphone in and pulls it out again, for a child process that watches USB.

Run: umockdev-wrapper python3 hotplug.py COMMAND...
Prints what the child says after each; ends the child by closing its standard input.
The package `usb` opens its netlink socket by a raw system call, past umockdev's preload. So a udev message is sent to
netlink group 2 from a process without the preload. Needs root, gir1.2-umockdev-1.0 and the distribution's python3-gi.
"""
import os
import socket
import struct
import subprocess
import sys

DEVICE = '/devices/pci0000:00/0000:00:01.0/usb1/1-2'
HUB = '''P: /devices/pci0000:00/0000:00:01.0/usb1
N: bus/usb/001/001=12010002090001406B1D020006020302010109021900010100E0000904000001090000000705810304000C
E: DEVNAME=/dev/bus/usb/001/001
E: DEVTYPE=usb_device
E: BUSNUM=001
E: DEVNUM=001
E: DRIVER=usb
E: PRODUCT=1d6b/2/602
E: SUBSYSTEM=usb
E: TYPE=9/0/1
A: bConfigurationValue=1\\n
A: bDeviceClass=09\\n
A: bDeviceSubClass=00\\n
A: bDeviceProtocol=01\\n
A: bNumConfigurations=1\\n
A: bcdDevice=0602\\n
A: busnum=1\\n
A: devnum=1\\n
A: devpath=0\\n
A: idProduct=0002\\n
A: idVendor=1d6b\\n
A: speed=480\\n
A: version= 2.00\\n
'''
MICROPHONE = f'''P: {DEVICE}
N: bus/usb/001/002=1201000200000040690889030000010203010902
E: DEVNAME=/dev/bus/usb/001/002
E: DEVTYPE=usb_device
E: BUSNUM=001
E: DEVNUM=002
E: DRIVER=usb
E: PRODUCT=869/389/0
E: SUBSYSTEM=usb
E: TYPE=0/0/0
A: bConfigurationValue=1\\n
A: bDeviceClass=00\\n
A: bDeviceSubClass=00\\n
A: bDeviceProtocol=00\\n
A: bNumConfigurations=1\\n
A: bcdDevice=0000\\n
A: busnum=1\\n
A: devnum=2\\n
A: devpath=2\\n
A: idProduct=0389\\n
A: idVendor=0869\\n
A: product=UltraMic384K_EVO 16bit r0\\n
A: speed=480\\n
A: version= 2.00\\n
'''


def murmur2(data):
    """udev's hash of a subsystem's name."""
    m, h, i = 0x5BD1E995, len(data) & 0xFFFFFFFF, 0
    while len(data) - i >= 4:
        k = struct.unpack_from('<I', data, i)[0] * m & 0xFFFFFFFF
        k ^= k >> 24
        h = (h * m & 0xFFFFFFFF) ^ (k * m & 0xFFFFFFFF)
        i += 4
    rest = len(data) - i
    for shift in range(rest - 1, -1, -1):
        h ^= data[i + shift] << 8 * shift
    if rest:
        h = h * m & 0xFFFFFFFF
    h ^= h >> 13
    h = h * m & 0xFFFFFFFF
    return h ^ h >> 15


def send(action):
    properties = {
        'ACTION': action, 'DEVPATH': DEVICE, 'SUBSYSTEM': 'usb', 'DEVNAME': '/dev/bus/usb/001/002',
        'DEVTYPE': 'usb_device', 'PRODUCT': '869/389/0', 'TYPE': '0/0/0', 'BUSNUM': '001', 'DEVNUM': '002',
        'SEQNUM': '4242', 'MAJOR': '189', 'MINOR': '1',
    }
    body = b''.join(f'{key}={value}\0'.encode() for key, value in properties.items())
    header = b'libudev\0' + struct.pack('>I', 0xFEEDCAFE) + struct.pack('<III', 40, 40, len(body))
    header += struct.pack('>II', murmur2(b'usb'), murmur2(b'usb_device')) + struct.pack('>II', 0, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 15) as channel:
        channel.bind((0, 0))
        channel.sendto(header + body, (0, 2))


def send_without_preload(action):
    plain = {key: value for key, value in os.environ.items() if key != 'LD_PRELOAD'}
    subprocess.run([sys.executable, __file__, '--send', action], env=plain, check=True, timeout=5)


def main():
    import gi
    gi.require_version('UMockdev', '1.0')
    from gi.repository import UMockdev

    machine = UMockdev.Testbed.new()
    machine.add_from_string(HUB)
    child = subprocess.Popen(
        sys.argv[1:], env=dict(os.environ, UMOCKDEV_DIR=machine.get_root_dir()),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        # The child prints a line when it watches, and one for each change.
        assert child.stdout.readline() == 'watching\n'
        machine.add_from_string(MICROPHONE)
        send_without_preload('add')
        print('plugged', child.stdout.readline().strip(), flush=True)
        machine.remove_device('/sys' + DEVICE)
        send_without_preload('remove')
        print('pulled', child.stdout.readline().strip(), flush=True)
        child.stdin.close()
        print('rest', child.stdout.read().strip(), 'exit', child.wait(timeout=5), flush=True)
    finally:
        child.kill()


if __name__ == '__main__':
    send(sys.argv[2]) if sys.argv[1:2] == ['--send'] else main()

/* The folder of the sources, where a test has it: anywhere that every user can go; and the account of those that ask
   engines. Included first, by the compiler. */
#ifndef HF_TESTS_HELPER_FOLDER_H
#define HF_TESTS_HELPER_FOLDER_H

extern char test_helper_folder[];
#define HF_HELPER_FOLDER test_helper_folder

extern const char *test_account;
#define HF_ACCOUNT test_account

#endif
